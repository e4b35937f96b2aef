// The two forms in which a message travels: proto3's binary form, and its JSON. Pure; any thread.
//
// JSON is ours rather than the protobuf library's, which also takes what is no JSON (single quotes,
// names without any) and is slower. Read: unknown members ignored, null as absent, 64-bit integers as
// numbers or strings. Written: such integers as strings, what has its default left out.
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "coupon/error.h"

namespace scrip::compat {

enum class Codec : std::uint8_t { json, proto };

// Of "application/json" or "application/proto", also with "; charset=utf-8".
std::optional<Codec> parse_codec(std::string_view content_type);
std::string_view content_type(Codec codec);

// invalid_request when it cannot be read. In JSON, a message read here has strings and 64-bit
// integers, and one written here those, booleans, lists of strings and messages.
Result<void> decode(Codec codec, std::string_view text, google::protobuf::Message& to);
std::string encode(Codec codec, const google::protobuf::Message& message);

}  // namespace scrip::compat
