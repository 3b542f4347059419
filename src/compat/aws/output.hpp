#pragma once
#include <cstdint>
#include <string_view>

#include "base/json.hpp"
#include "base/time.hpp"

/// Values in an operation's output that each protocol writes in its own way.
namespace belfry::compat::aws {

/// Epoch seconds, ISO 8601 or a tagged number.
inline base::json::value timestamp(base::WallTime time) {
  return base::json::object{{"$time", base::to_unix_micros(time)}};
}

/// An object whose keys are data, not members of a structure.
inline base::json::value map_of(base::json::object entries) {
  return base::json::object{{"$map", std::move(entries)}};
}

/// What a value is; nullptr when it is something else.
inline const base::json::value* marked(const base::json::value& value, std::string_view mark) {
  return value.is_object() && value.get_object().size() == 1 ? base::json::find(value, mark)
                                                             : nullptr;
}
inline const std::int64_t* time_in(const base::json::value& value) {
  const base::json::value* micros = marked(value, "$time");
  return micros == nullptr ? nullptr : micros->if_int64();
}
inline const base::json::value* map_in(const base::json::value& value) {
  const base::json::value* entries = marked(value, "$map");
  return entries != nullptr && entries->is_object() ? entries : nullptr;
}

}  // namespace belfry::compat::aws
