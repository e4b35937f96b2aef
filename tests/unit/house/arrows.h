// What may know what: the arrows of the architecture, as a table.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace scrip::house {

// "coupon" for "host/coupon/money.h", "sqlite" for "db/sqlite/load.h", "db" for "db/store.h", "main"
// for "host/main.cpp"; nullopt for a folder that is no room.
std::optional<std::string> room_of(std::string_view path);

// Whether a file of one room may include a header of another.
bool may_include(std::string_view from_room, std::string_view to_room);

// The one folder that may include a library's header ("host/lua" for "lua.h"); nullopt for headers
// that everybody may include.
std::optional<std::string> only_folder(std::string_view header);

}  // namespace scrip::house
