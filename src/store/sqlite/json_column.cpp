#include "store/sqlite/json_column.hpp"

#include <boost/json/serialize.hpp>

#include "base/text.hpp"
#include "store/sqlite/database.hpp"

namespace belfry::store::sqlite {
namespace {

constexpr std::size_t max_bytes = 1 << 20;

/// The length of the valid character at the front; 0 when there is none.
std::size_t character_at_front(std::string_view text) {
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length)
    if (base::is_valid_utf8(text.substr(0, length))) return length;
  return 0;
}

std::string repair_utf8(std::string_view text) {
  std::string repaired;
  repaired.reserve(text.size() + 16);
  while (!text.empty()) {
    const std::size_t length = character_at_front(text);
    repaired += length == 0 ? std::string_view("\uFFFD") : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return repaired;
}

}  // namespace

std::string to_column(const base::json::object& object) {
  std::string text = boost::json::serialize(object);
  if (!base::is_valid_utf8(text)) text = repair_utf8(text);
  if (text.size() > max_bytes) throw RowError{"a row of more than 1 MiB"};
  return text;
}

base::json::object from_column(std::string_view text) {
  auto parsed = base::json::parse(text);
  if (!parsed) throw RowError{"a stored row does not parse: " + parsed.error().message};
  if (!parsed->is_object()) throw RowError{"a stored row is no object"};
  return std::move(parsed->as_object());
}

}  // namespace belfry::store::sqlite
