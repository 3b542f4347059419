#include "store/sql/json_column.hpp"

#include <boost/json/serialize.hpp>

#include "base/text.hpp"
#include "store/sql/database.hpp"

namespace belfry::store::sql {
namespace {

constexpr std::size_t max_bytes = 1 << 20;
constexpr std::string_view escaped_nul = "\\u0000";

/// Of serialized JSON. A backslash that is itself escaped begins no escape.
std::string without_nul(std::string_view text) {
  std::string cleaned;
  cleaned.reserve(text.size());
  while (!text.empty()) {
    const std::size_t backslash = std::min(text.find('\\'), text.size());
    cleaned += text.substr(0, backslash);
    text.remove_prefix(backslash);
    const bool is_nul = text.starts_with(escaped_nul);
    cleaned += is_nul ? std::string_view("\uFFFD") : text.substr(0, 2);
    text.remove_prefix(std::min(is_nul ? escaped_nul.size() : 2, text.size()));
  }
  return cleaned;
}

}  // namespace

JsonText to_column(const base::json::object& object) {
  std::string text = boost::json::serialize(object);
  if (text.contains(escaped_nul)) text = without_nul(text);
  if (!base::is_valid_utf8(text)) text = repair_text(text);
  if (text.size() > max_bytes) throw RowError{"a row of more than 1 MiB"};
  return {std::move(text)};
}

base::json::object from_column(std::string_view text) {
  auto parsed = base::json::parse(text);
  if (!parsed) throw RowError{"a stored row does not parse: " + parsed.error().message};
  if (!parsed->is_object()) throw RowError{"a stored row is no object"};
  return std::move(parsed->as_object());
}

}  // namespace belfry::store::sql
