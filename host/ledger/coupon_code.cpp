#include "ledger/coupon_code.h"

#include <string>
#include <utility>

#include "coupon/code_format.h"
#include "ledger/claim_facts.h"

namespace scrip {

Result<CouponRef> coupon_ref(const Catalog& catalog, std::string_view typed) {
  CouponRef ref;
  std::string normalized = normalize_code(typed);
  ref.computed = catalog.book().find(normalized);
  if (catalog.has_imports()) ref.imported = std::move(normalized);
  if (!ref.computed && ref.imported.empty()) return coupon_not_found();
  return ref;
}

Result<Coupon> read_coupon(Reader& reader, const Catalog& catalog, std::string_view typed) {
  const auto ref = coupon_ref(catalog, typed);
  if (!ref) return ref.error();
  if (!ref->imported.empty()) {
    auto imported = reader.imported(ref->imported);
    if (!imported) return imported.error();
    if (*imported) return std::move(**imported);
  }
  if (!ref->computed) return coupon_not_found();
  auto row = reader.coupon(*ref->computed);
  if (!row) return row.error();
  return row->value_or(Coupon{.key = *ref->computed});
}

}  // namespace scrip
