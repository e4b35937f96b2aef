#include "http/method.h"

#include <array>
#include <utility>

namespace scrip::http {
namespace {

constexpr std::array<std::pair<std::string_view, Method>, 7> methods{{
    {"GET", Method::get},
    {"HEAD", Method::head},
    {"POST", Method::post},
    {"PUT", Method::put},
    {"PATCH", Method::patch},
    {"DELETE", Method::delete_},
    {"OPTIONS", Method::options},
}};

}  // namespace

std::string_view name(Method method) {
  for (const auto& [text, value] : methods) {
    if (value == method) return text;
  }
  return {};
}

Method parse_method(std::string_view name) {
  for (const auto& [text, value] : methods) {
    if (text == name) return value;
  }
  return Method::other;
}

bool is_safe(Method method) {
  return method == Method::get || method == Method::head || method == Method::options;
}

}  // namespace scrip::http
