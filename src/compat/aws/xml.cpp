#include "compat/aws/xml.hpp"

#include <array>
#include <charconv>

#include "base/text.hpp"
#include "compat/aws/output.hpp"

namespace belfry::compat::aws {
namespace {

std::string element(std::string_view name, const std::string& content) {
  return "<" + std::string(name) + ">" + content + "</" + std::string(name) + ">";
}

std::string shortest(double number) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

std::string content_of(const base::json::value& value) {
  if (const std::int64_t* micros = time_in(value))
    return base::to_rfc3339(base::from_unix_micros(*micros));
  if (const base::json::value* map = map_in(value)) {
    std::string entries;
    for (const auto& [key, each] : map->get_object())
      entries += element(
          "entry", element("key", base::escape_xml(key)) + element("value", content_of(each))
      );
    return entries;
  }
  if (value.is_array()) {
    std::string items;
    for (const base::json::value& each : value.get_array())
      items += element("member", content_of(each));
    return items;
  }
  if (value.is_object()) return to_xml(value.get_object());
  if (value.is_string()) return base::escape_xml(value.get_string());
  if (value.is_double()) return shortest(value.get_double());
  return base::json::serialize(value);
}

}  // namespace

std::string to_xml(const base::json::object& members) {
  std::string text;
  for (const auto& [name, value] : members)
    if (!value.is_null()) text += element(name, content_of(value));
  return text;
}

}  // namespace belfry::compat::aws
