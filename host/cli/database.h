// The database of a data directory in the hands of a command: read, or changed by a ledger of its
// own in short batches, which SQLite's locks keep apart from those of a server that runs beside.
#pragma once

#include <memory>
#include <string>

#include "cli/data_directory.h"
#include "db/store.h"
#include "ledger/ledger.h"

namespace scrip::cli {

class Database {
 public:
  static Result<Database> open(const DataDirectory& data);

  Store& store() { return *store_; }

  // The stored campaign of an id; campaign_not_found when there is none.
  Result<Campaign> campaign(const std::string& id);

  // Carries out one command that is no claim: no policies are active here.
  Result<void> execute(Command command);

 private:
  explicit Database(std::unique_ptr<Store> store) : store_(std::move(store)) {}

  std::unique_ptr<Store> store_;
};

// What a command says of an id that no campaign has.
Error no_campaign(const std::string& id);

}  // namespace scrip::cli
