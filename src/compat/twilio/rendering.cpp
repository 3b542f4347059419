#include "compat/twilio/rendering.hpp"

#include <cctype>

#include "base/text.hpp"

namespace belfry::compat::twilio {

base::json::value date(const std::optional<base::WallTime>& time) {
  if (!time) return nullptr;
  return base::json::value(base::to_rfc2822(*time));
}

base::json::value iso_date(const std::optional<base::WallTime>& time) {
  if (!time) return nullptr;
  return base::json::value(base::to_rfc3339_seconds(*time));
}

base::json::value or_null(std::string_view text) {
  if (text.empty()) return nullptr;
  return base::json::value(text);
}

base::json::value member(const base::json::object& from, std::string_view name) {
  const auto* found = from.if_contains(name);
  return found == nullptr ? base::json::value(nullptr) : *found;
}

std::string text_member(const base::json::object& from, std::string_view name) {
  const auto* text = base::json::find_string(from, name);
  return text == nullptr ? std::string() : std::string(*text);
}

base::json::value date_member(const base::json::object& from, std::string_view name) {
  const auto* found = from.if_contains(name);
  if (found == nullptr || !found->is_int64()) return nullptr;
  return date(base::from_unix_micros(found->get_int64()));
}

std::string camel_case(std::string_view name) {
  std::string words;
  for (const std::string_view word : base::split(name, '_')) {
    const std::size_t begin = words.size();
    words += word;
    if (words.size() > begin)
      words[begin] = static_cast<char>(std::toupper(static_cast<unsigned char>(words[begin])));
  }
  return words;
}

base::json::object subresources(
    const std::string& base_path, std::initializer_list<std::string_view> names
) {
  base::json::object uris;
  for (const std::string_view name : names)
    uris[name] = base_path + "/" + camel_case(name) + ".json";
  return uris;
}

std::string format_number(std::string_view number) {
  if (number.size() != 12 || !number.starts_with("+1")) return std::string(number);
  return "(" + std::string(number.substr(2, 3)) + ") " + std::string(number.substr(5, 3)) + "-" +
         std::string(number.substr(8));
}

}  // namespace belfry::compat::twilio
