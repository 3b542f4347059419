#pragma once
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "base/result.hpp"

/// JSON from outside, within the bounds of rule H3: depth 32, no duplicate keys, valid UTF-8, at
/// most 1 MiB and 100,000 values. Nothing else in the program calls the library's own parser.
namespace belfry::base::json {

using boost::json::array;
using boost::json::object;
using boost::json::value;

/// @return Errc::malformed with position and reason; Errc::too_large beyond the bounds.
Result<value> parse(std::string_view text);
std::string serialize(const value& document);

/// A member of an object, or nothing (also when `document` is no object). It lives in `document`,
/// so a temporary is refused.
const value* find(const value& document, std::string_view key);
const value* find(const object& document, std::string_view key);
const value* find(value&& document, std::string_view key) = delete;
/// The member's text, or nothing when it is absent or no string.
const boost::json::string* find_string(const value& document, std::string_view key);
const boost::json::string* find_string(const object& document, std::string_view key);
const boost::json::string* find_string(value&& document, std::string_view key) = delete;

}  // namespace belfry::base::json
