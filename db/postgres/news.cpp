#include "db/postgres/news.h"

#include <libpq-fe.h>

#include <memory>

namespace scrip::postgres {

void News::listen_on(Connection& db) {
  works_ = static_cast<bool>(db.execute("LISTEN scrip_definitions"));
}

void News::tell(Exchange& exchange) const {
  if (works_) exchange.ask("SELECT pg_notify('scrip_definitions', '')");
}

bool News::heard_on(Connection& db) const {
  if (!works_ || PQconsumeInput(db.handle()) == 0) return false;
  bool heard = false;
  struct Free {
    void operator()(PGnotify* it) const { PQfreemem(it); }
  };
  while (const std::unique_ptr<PGnotify, Free> notification{PQnotifies(db.handle())}) heard = true;
  return heard;
}

}  // namespace scrip::postgres
