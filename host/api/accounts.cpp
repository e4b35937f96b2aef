#include "api/accounts.h"

#include "api/call.h"
#include "coupon/coupon.h"

namespace scrip::api {

void check_account(const std::optional<std::string>& login, const std::optional<std::string>& password,
                   std::vector<FieldError>& errors) {
  if (login && !is_user_id(*login)) errors.push_back({"login", "must be text without control characters"});
  if (!password) return;
  if (auto good = http::check_password(*password); !good) {
    errors.insert(errors.end(), good.error().fields.begin(), good.error().fields.end());
  }
}

Result<void> sign_up(Service& service, const std::string& login, const std::string& password) {
  // A taken name is said at once; the ledger decides when two take it together.
  auto reader = service.store.reader();
  if (!reader) return reader.error();
  auto known = (*reader)->user(login);
  if (!known) return known.error();
  if (*known) return {Code::user_exists, "There is already an account " + login + "."};
  reader->reset();

  auto hash = service.passwords.hash(password);
  if (!hash) return hash.error();
  auto outcome = carry_out(service, AddUser{{.login = login, .password_hash = *hash, .role = Role::user}},
                           {.subject = login, .role = Role::user});
  if (!outcome) return outcome.error();
  return {};
}

}  // namespace scrip::api
