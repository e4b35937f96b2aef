#include "api/order_body.h"

#include "coupon/money.h"

namespace scrip::api {
namespace {

constexpr std::size_t max_items = 1'000;
constexpr std::size_t max_tags = 100;
constexpr std::int64_t max_quantity = 1'000'000'000;

OrderItem read_item(const Json& json, const std::string& path, std::vector<FieldError>& errors) {
  Fields fields(json, path, errors);
  OrderItem item;
  item.sku = fields.text("sku", 1, 128, true).value_or("");
  item.quantity = fields.integer("quantity", 1, max_quantity).value_or(1);
  item.amount = fields.integer("amount", 0, max_amount).value_or(0);
  if (const Json* tags = fields.any("tags")) {
    if (!tags->is_array() || tags->size() > max_tags) {
      fields.refuse("tags", "must be a list of at most " + std::to_string(max_tags) + " strings");
    } else {
      for (const Json& tag : *tags) {
        if (!tag.is_string() || tag.get_ref<const std::string&>().size() > 128) {
          fields.refuse("tags", "must hold strings of at most 128 bytes");
          break;
        }
        item.tags.push_back(tag.get<std::string>());
      }
    }
  }
  fields.finish();
  return item;
}

}  // namespace

std::optional<Order> read_order(const Json& json, const std::string& path, std::vector<FieldError>& errors) {
  const std::size_t before = errors.size();
  Fields fields(json, path, errors);
  Order order;
  order.id = fields.text("id", 1, 128);
  order.amount = fields.integer("amount", 0, max_amount, true).value_or(0);
  order.currency = fields.text("currency", 0, 16, true).value_or("");
  if (fields.has("currency") && errors.size() == before && !is_currency(order.currency)) {
    fields.refuse("currency", "must be an ISO 4217 code such as KRW");
  }
  if (const Json* items = fields.any("items")) {
    if (!items->is_array() || items->size() > max_items) {
      fields.refuse("items", "must be a list of at most " + std::to_string(max_items) + " items");
    } else {
      for (std::size_t i = 0; i < items->size(); ++i) {
        order.items.push_back(read_item((*items)[i], path + ".items[" + std::to_string(i) + "]", errors));
      }
    }
  }
  fields.finish();
  if (errors.size() != before) return std::nullopt;
  return order;
}

}  // namespace scrip::api
