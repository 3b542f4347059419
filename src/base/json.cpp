#include "base/json.hpp"

#include <boost/json.hpp>
#include <cmath>

#include "base/text.hpp"

namespace belfry::base::json {
namespace {

constexpr std::size_t max_bytes = 1 << 20;
constexpr std::size_t max_values = 100'000;
constexpr std::size_t max_depth = 32;

/// The parser keeps the last of two equal keys in silence, so keys are counted against the members
/// that came out.
struct Shape {
  std::size_t values = 0;
  std::size_t members = 0;
  bool finite = true;
};

void measure(const value& document, Shape& shape) {
  ++shape.values;
  if (const auto* list = document.if_array()) {
    for (const value& item : *list) measure(item, shape);
  } else if (const auto* members = document.if_object()) {
    shape.members += members->size();
    for (const auto& member : *members) measure(member.value(), shape);
  } else if (const auto* number = document.if_double()) {
    shape.finite = shape.finite && std::isfinite(*number);  // 1e400 parses as infinity
  }
}

/// Keys as written: a string that is followed by a colon. Runs on text that has already parsed.
std::size_t count_keys(std::string_view text) {
  std::size_t keys = 0;
  bool in_string = false;
  bool string_just_ended = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char character = text[i];
    if (in_string) {
      if (character == '\\') ++i;
      if (character == '"') {
        in_string = false;
        string_just_ended = true;
      }
      continue;
    }
    if (character == '"') in_string = true;
    if (character == ':' && string_just_ended) ++keys;
    if (!std::string_view(" \t\r\n").contains(character)) string_just_ended = false;
  }
  return keys;
}

}  // namespace

Result<value> parse(std::string_view text) {
  if (text.size() > max_bytes) return fail(Errc::too_large, "JSON of more than 1 MiB");
  if (!is_valid_utf8(text)) return fail(Errc::malformed, "JSON is not valid UTF-8");
  boost::json::parse_options options;
  options.max_depth = max_depth;
  boost::json::parser parser({}, options);
  boost::system::error_code error;
  const std::size_t used = parser.write(text, error);
  if (error)
    return fail(Errc::malformed, "JSON: " + error.message() + " at byte " + std::to_string(used));
  value document = parser.release();
  Shape shape;
  measure(document, shape);
  if (shape.values > max_values) return fail(Errc::too_large, "JSON of more than 100,000 values");
  if (!shape.finite) return fail(Errc::malformed, "JSON: a number is out of range");
  if (count_keys(text) != shape.members)
    return fail(Errc::malformed, "JSON: an object has a key twice");
  return document;
}

std::string serialize(const value& document) {
  return boost::json::serialize(document);
}

const value* find(const value& document, std::string_view key) {
  const auto* members = document.if_object();
  return members == nullptr ? nullptr : members->if_contains(key);
}

const value* find(const object& document, std::string_view key) {
  return document.if_contains(key);
}

const boost::json::string* find_string(const value& document, std::string_view key) {
  const value* member = find(document, key);
  return member == nullptr ? nullptr : member->if_string();
}

const boost::json::string* find_string(const object& document, std::string_view key) {
  const value* member = find(document, key);
  return member == nullptr ? nullptr : member->if_string();
}

}  // namespace belfry::base::json
