#pragma once
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/time.hpp"
#include "compat/twilio/ask.hpp"

/// Pieces that the objects of the API have in common.
namespace belfry::compat::twilio {

/// RFC 2822; null when there is none.
base::json::value date(const std::optional<base::WallTime>& time);
/// ISO 8601 without fractions, as the newer products write them.
base::json::value iso_date(const std::optional<base::WallTime>& time);
/// null when empty.
base::json::value or_null(std::string_view text);
/// The member of a stored object, or null.
base::json::value member(const base::json::object& from, std::string_view name);
/// A string member, or empty.
std::string text_member(const base::json::object& from, std::string_view name);
/// A member that holds microseconds since 1970, as a date.
base::json::value date_member(const base::json::object& from, std::string_view name);

/// `{"notifications": base + "/Notifications.json", …}` from names such as "user_defined_messages".
base::json::object subresources(
    const std::string& base_path, std::initializer_list<std::string_view> names
);
/// "user_defined_messages" → "UserDefinedMessages".
std::string camel_case(std::string_view name);
/// `(415) 867-5308` for +1 numbers, others as they are.
std::string format_number(std::string_view number);

}  // namespace belfry::compat::twilio
