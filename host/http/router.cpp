#include "http/router.h"

#include <array>
#include <cassert>
#include <map>
#include <optional>

#include "http/ascii.h"
#include "http/target.h"

namespace scrip::http {

struct Router::Node {
  static constexpr std::size_t methods = static_cast<std::size_t>(Method::other) + 1;

  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> any;  // {x}
  std::array<const Route*, methods> routes{};

  const Route*& route(Method method) { return routes[static_cast<std::size_t>(method)]; }

  const Route* find(Method method) const {
    const Route* const exact = routes[static_cast<std::size_t>(method)];
    return exact || method != Method::head ? exact : routes[static_cast<std::size_t>(Method::get)];
  }
};

namespace {

bool is_variable(std::string_view segment) {
  return segment.starts_with('{') && segment.ends_with('}');
}

// The first segment of what is left of a path, which starts with '/'.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

}  // namespace

Router::Router() : root_(std::make_shared<Node>()) {}

void Router::add(Route route) {
  routes_.push_back(std::make_unique<Route>(std::move(route)));
  const Route& added = *routes_.back();
  Node* node = root_.get();
  for (std::string_view path = added.pattern; !path.empty();) {
    const std::string_view segment = take_segment(path);
    auto& next = is_variable(segment) ? node->any : node->literals[std::string(segment)];
    if (!next) next = std::make_unique<Node>();
    node = next.get();
  }
  assert(node->route(added.method) == nullptr);
  node->route(added.method) = &added;
}

// One search down the tree. It recurses as deep as the longest pattern, whatever the path.
struct Router::Search {
  Method method;
  const Route* found = nullptr;
  std::vector<std::string> values;            // of the variables on the way to `found`
  std::array<bool, Node::methods> allowed{};  // by routes of this shape

  void descend(const Node& node, std::string_view path) {
    if (path.empty()) return arrive(node);
    std::string_view rest = path;
    const std::string_view segment = take_segment(rest);
    std::optional<std::string> unescaped;
    const bool escaped = segment.find('%') != std::string_view::npos;
    if (escaped && !(unescaped = percent_decode(segment))) return;
    const std::string_view decoded = escaped ? std::string_view(*unescaped) : segment;
    if (const auto literal = node.literals.find(decoded); literal != node.literals.end()) {
      descend(*literal->second, rest);
    }
    if (found || !node.any || decoded.empty()) return;
    values.emplace_back(decoded);
    descend(*node.any, rest);
    if (!found) values.pop_back();
  }

  void arrive(const Node& node) {
    found = node.find(method);
    for (std::size_t i = 0; i < Node::methods; ++i) allowed[i] = allowed[i] || node.routes[i] != nullptr;
    if (node.find(Method::head)) allowed[static_cast<std::size_t>(Method::head)] = true;
  }

  std::string allow() const {
    std::string list;
    for (std::size_t i = 0; i < Node::methods; ++i) {
      if (!allowed[i]) continue;
      if (!list.empty()) list += ", ";
      list += name(static_cast<Method>(i));
    }
    return list;
  }
};

Router::Match Router::match(Method method, std::string_view path) const {
  Match match;
  if (!path.starts_with('/')) return match;
  Search search{.method = method};
  search.descend(*root_, path);
  match.route = search.found;
  if (!match.route) {
    match.allow = search.allow();
    return match;
  }
  std::size_t variable = 0;
  for (std::string_view pattern = match.route->pattern; !pattern.empty();) {
    const std::string_view segment = take_segment(pattern);
    if (!is_variable(segment)) continue;
    match.captures.emplace_back(segment.substr(1, segment.size() - 2), std::move(search.values[variable++]));
  }
  return match;
}

}  // namespace scrip::http
