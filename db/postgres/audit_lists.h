// The lists of audit entries, and of sets of policies and when they were put in force. As the functions of
// Reader that have their names.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "coupon/error.h"
#include "db/postgres/connection.h"
#include "db/store.h"

namespace scrip::postgres {

Result<std::vector<AuditEntry>> list_audit(Connection& db, const Reader::AuditFilter& filter, std::int64_t before,
                                           int limit);
Result<std::vector<AuditEntry>> list_audit_after(Connection& db, const Reader::AuditFilter& filter, std::int64_t after,
                                                 int limit);

// With files.
Result<std::optional<RevisionRow>> find_revision(Connection& db, std::int64_t number);
Result<std::optional<RevisionRow>> find_revision(Connection& db, const std::string& revision);
Result<std::int64_t> find_active_revision(Connection& db);
Result<std::vector<RevisionRow>> list_revisions(Connection& db, std::int64_t before, int limit);
Result<std::vector<RevisionRow>> find_revisions(Connection& db, const std::string& prefix, int limit);
Result<std::vector<PolicyActivation>> list_activations(Connection& db, std::int64_t revision, int limit);
Result<std::optional<PolicyActivation>> find_last_activation(Connection& db);

}  // namespace scrip::postgres
