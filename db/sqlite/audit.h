// The audit log: what a batch stores of it, and how it is read.
#pragma once

#include <vector>

#include "coupon/audit.h"
#include "db/sqlite/connection.h"
#include "db/store.h"

namespace scrip::sqlite {

// Inside a batch: new entries, and a bounded number of old ones dropped.
Result<void> apply_audit(Connection& db, const Changes& changes);

// Inside a Snapshot. As Reader::audit and Reader::audit_after.
Result<std::vector<AuditEntry>> list_audit(Connection& db, const Reader::AuditFilter& filter, std::int64_t before,
                                           int limit);
Result<std::vector<AuditEntry>> list_audit_after(Connection& db, const Reader::AuditFilter& filter, std::int64_t after,
                                                 int limit);

}  // namespace scrip::sqlite
