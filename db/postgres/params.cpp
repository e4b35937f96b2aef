#include "db/postgres/params.h"

#include <limits>

#include "coupon/text.h"

namespace scrip::postgres {
namespace {

// The numbers of built-in types, the same in every database (pg_type.dat).
constexpr unsigned boolean = 16, bytea = 17, bigint = 20, text_type = 25;
constexpr unsigned boolean_array = 1000, bytea_array = 1001, text_array = 1009, bigint_array = 1016;

constexpr std::size_t no_value = std::numeric_limits<std::size_t>::max();

std::string replaced(std::string_view text) {
  std::string clean;
  while (!text.empty()) {
    std::size_t length = 1;
    while (length < 4 && length < text.size() && !is_utf8(text.substr(0, length))) ++length;
    const std::string_view character = text.substr(0, length);
    if (character[0] == '\0' || !is_utf8(character)) {
      clean += '?';
      text.remove_prefix(1);
    } else {
      clean += character;
      text.remove_prefix(length);
    }
  }
  return clean;
}

}  // namespace

void Params::begin(unsigned type) {
  types_.push_back(type);
  starts_.push_back(bytes_.size());
}

void Params::end() {
  lengths_.push_back(static_cast<int>(bytes_.size() - starts_.back()));
}

void Params::null(unsigned type) {
  types_.push_back(type);
  starts_.push_back(no_value);
  lengths_.push_back(0);
}

void Params::put_32(std::int64_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes_ += static_cast<char>(value >> shift & 0xFF);
}

void Params::put_64(std::int64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) bytes_ += static_cast<char>(value >> shift & 0xFF);
}

void Params::put_text(std::string_view text) {
  if (text.find('\0') == std::string_view::npos && is_utf8(text)) {
    bytes_ += text;
  } else {
    bytes_ += replaced(text);
  }
}

Params& Params::add(std::int64_t value) {
  begin(bigint);
  put_64(value);
  end();
  return *this;
}

Params& Params::add(bool value) {
  begin(boolean);
  bytes_ += value ? '\1' : '\0';
  end();
  return *this;
}

Params& Params::add(std::string_view text) {
  begin(text_type);
  put_text(text);
  end();
  return *this;
}

Params& Params::add(Bytes bytes) {
  begin(bytea);
  bytes_ += bytes.bytes;
  end();
  return *this;
}

Params& Params::add(const std::optional<std::int64_t>& value) {
  if (value) return add(*value);
  null(bigint);
  return *this;
}

Params& Params::add(const std::optional<std::string>& text) {
  if (text) return add(std::string_view(*text));
  null(text_type);
  return *this;
}

// As array_recv reads it: dimensions, whether there are NULLs, the type, then the only dimension's size and bound.
void Params::begin_array(unsigned type, unsigned of, std::size_t size) {
  begin(type);
  put_32(size == 0 ? 0 : 1);
  put_32(1);
  put_32(of);
  if (size == 0) return;
  put_32(static_cast<std::int64_t>(size));
  put_32(1);
}

template <class Value>
void Params::element(const Value& value) {
  const std::size_t at = bytes_.size();
  put_32(0);
  if constexpr (std::is_same_v<Value, std::int64_t>) {
    put_64(value);
  } else if constexpr (std::is_same_v<Value, bool>) {
    bytes_ += value ? '\1' : '\0';
  } else if constexpr (std::is_same_v<Value, Bytes>) {
    bytes_ += value.bytes;
  } else {
    put_text(value);
  }
  const std::size_t length = bytes_.size() - at - 4;
  for (std::size_t i = 0; i < 4; ++i) bytes_[at + i] = static_cast<char>(length >> (24 - 8 * i) & 0xFF);
}

Params& Params::array(std::span<const std::int64_t> values) {
  begin_array(bigint_array, bigint, values.size());
  for (const std::int64_t value : values) element(value);
  end();
  return *this;
}

Params& Params::array(std::span<const std::optional<std::int64_t>> values) {
  begin_array(bigint_array, bigint, values.size());
  for (const auto& value : values) value ? element(*value) : put_32(-1);
  end();
  return *this;
}

Params& Params::array(const std::vector<bool>& values) {
  begin_array(boolean_array, boolean, values.size());
  for (const bool value : values) element(value);
  end();
  return *this;
}

Params& Params::array(std::span<const std::string_view> texts) {
  begin_array(text_array, text_type, texts.size());
  for (const std::string_view text : texts) element(text);
  end();
  return *this;
}

Params& Params::array(std::span<const std::string> texts) {
  begin_array(text_array, text_type, texts.size());
  for (const std::string& text : texts) element(text);
  end();
  return *this;
}

Params& Params::array(std::span<const std::optional<std::string_view>> texts) {
  begin_array(text_array, text_type, texts.size());
  for (const auto& text : texts) text ? element(*text) : put_32(-1);
  end();
  return *this;
}

Params& Params::array(std::span<const Bytes> bytes) {
  begin_array(bytea_array, bytea, bytes.size());
  for (const Bytes& value : bytes) element(value);
  end();
  return *this;
}

std::vector<const char*> Params::values() const {
  std::vector<const char*> values;
  values.reserve(starts_.size());
  for (const std::size_t start : starts_) values.push_back(start == no_value ? nullptr : bytes_.data() + start);
  return values;
}

}  // namespace scrip::postgres
