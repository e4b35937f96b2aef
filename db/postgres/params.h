// The parameters of one run of a statement, in PostgreSQL's binary format: $1, $2 ... in the order in which they are
// added. Arrays are what a batch travels in: "SELECT ... FROM unnest($1, $2)".
//
//   Params params;
//   params.add(campaign).array(serials).array(users);
//
// Everything is copied. Text that PostgreSQL would refuse (malformed UTF-8, a NUL) has '?' in place of these bytes: one
// odd name must not fail the batch of everybody else.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scrip::postgres {

// A parameter that is bytea, where a string would be text.
struct Bytes {
  std::string_view bytes;
};

class Params {
 public:
  Params& add(std::int64_t value);
  Params& add(int value) { return add(static_cast<std::int64_t>(value)); }
  Params& add(bool value);
  Params& add(std::string_view text);
  Params& add(const char* text) { return add(std::string_view(text)); }
  Params& add(const std::string& text) { return add(std::string_view(text)); }
  Params& add(Bytes bytes);
  Params& add(const std::optional<std::int64_t>& value);  // nullopt: NULL
  Params& add(const std::optional<std::string>& text);

  // bigint[], boolean[], text[], bytea[].
  Params& array(std::span<const std::int64_t> values);
  Params& array(std::span<const std::optional<std::int64_t>> values);
  Params& array(const std::vector<bool>& values);
  Params& array(std::span<const std::string_view> texts);
  Params& array(std::span<const std::string> texts);
  Params& array(std::span<const std::optional<std::string_view>> texts);
  Params& array(std::span<const Bytes> bytes);

  int count() const { return static_cast<int>(types_.size()); }
  const std::vector<unsigned>& types() const { return types_; }

  // What libpq takes; valid until the next change.
  std::vector<const char*> values() const;
  const std::vector<int>& lengths() const { return lengths_; }

 private:
  void begin(unsigned type);
  void end();
  void null(unsigned type);
  void begin_array(unsigned type, unsigned of, std::size_t size);
  void put_32(std::int64_t value);
  void put_64(std::int64_t value);
  void put_text(std::string_view text);
  template <class Value>
  void element(const Value& value);

  std::string bytes_;  // all values, one after the other
  std::vector<unsigned> types_;
  std::vector<std::size_t> starts_;  // no_value: NULL
  std::vector<int> lengths_;
};

}  // namespace scrip::postgres
