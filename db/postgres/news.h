// Word of another node's new definitions (policies in force among them), by LISTEN and NOTIFY: so that a node that is
// at work need not ask with every batch. It is a hint and no more: servers that have neither are asked now and then,
// and so are those that have. One thread at a time.
#pragma once

#include "db/postgres/connection.h"
#include "db/postgres/exchange.h"

namespace scrip::postgres {

class News {
 public:
  // With each new connection of the batches.
  void listen_on(Connection& db);

  // That this batch changes what is defined; sent by its commit.
  void tell(Exchange& exchange) const;

  // Whether any has come on the connection since this was last asked. Takes no round trip.
  bool heard_on(Connection& db) const;

 private:
  bool works_ = false;
};

}  // namespace scrip::postgres
