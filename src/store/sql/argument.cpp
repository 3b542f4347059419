#include "store/sql/argument.hpp"

#include <limits>

#include "base/text.hpp"

namespace belfry::store::sql {
namespace {

constexpr std::string_view replacement = "\uFFFD";

bool is_storable(std::string_view text) {
  return text.find('\0') == std::string_view::npos && base::is_valid_utf8(text);
}

/// The length of the valid character at the front; 0 when there is none.
std::size_t character_at_front(std::string_view text) {
  if (text.front() == '\0') return 0;
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length)
    if (base::is_valid_utf8(text.substr(0, length))) return length;
  return 0;
}

}  // namespace

std::string repair_text(std::string_view text) {
  if (is_storable(text)) return std::string(text);
  std::string repaired;
  repaired.reserve(text.size() + 16);
  while (!text.empty()) {
    const std::size_t length = character_at_front(text);
    repaired += length == 0 ? replacement : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return repaired;
}

Argument::Argument(std::string_view text) : kind_(Kind::text), text_(text) {
  if (is_storable(text)) return;
  own_ = repair_text(text);
  owns_ = true;
}

Argument::Argument(std::string&& text)
    : kind_(Kind::text),
      own_(is_storable(text) ? std::move(text) : repair_text(text)),
      owns_(true) {}

std::int64_t row_count(std::size_t rows) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  return rows > static_cast<std::size_t>(most) ? most : static_cast<std::int64_t>(rows);
}

}  // namespace belfry::store::sql
