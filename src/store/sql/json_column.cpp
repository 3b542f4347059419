#include "store/sql/json_column.hpp"

#include <boost/json/serialize.hpp>

#include "base/text.hpp"
#include "store/sql/database.hpp"

namespace belfry::store::sql {
namespace {

constexpr std::size_t max_bytes = 1 << 20;
constexpr std::string_view escaped_nul = "\\u0000";
/// A noncharacter that nobody should send; where somebody does, it is followed by a 1.
constexpr std::string_view mark = "\uFDD0";
constexpr char nul = '0';
constexpr char the_mark_itself = '1';

/// In serialized JSON. A backslash that is itself escaped begins no escape.
std::string with_hidden_nul(std::string_view text) {
  std::string hidden;
  hidden.reserve(text.size() + 16);
  while (!text.empty()) {
    std::size_t taken = 1;
    if (text.starts_with(escaped_nul)) {
      (hidden += mark) += nul;
      taken = escaped_nul.size();
    } else if (text.starts_with(mark)) {
      (hidden += mark) += the_mark_itself;
      taken = mark.size();
    } else {
      taken = text.front() == '\\' ? 2 : 1;
      hidden += text.substr(0, taken);
    }
    text.remove_prefix(taken);
  }
  return hidden;
}

std::string with_shown_nul(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const std::size_t at = std::min(text.find(mark), text.size());
    shown += text.substr(0, at);
    text.remove_prefix(at);
    if (text.empty()) break;
    text.remove_prefix(mark.size());
    const char meaning = text.empty() ? '\0' : text.front();
    // Rows of earlier versions have it as it is.
    shown += meaning == nul ? escaped_nul : mark;
    if (meaning == nul || meaning == the_mark_itself) text.remove_prefix(1);
  }
  return shown;
}

}  // namespace

JsonText to_column(const base::json::object& object) {
  std::string text = boost::json::serialize(object);
  if (!base::is_valid_utf8(text)) text = repair_text(text);
  if (text.size() > max_bytes) throw RowError{"a row of more than 1 MiB"};
  if (text.contains(escaped_nul) || text.contains(mark)) text = with_hidden_nul(text);
  return {std::move(text)};
}

base::json::object from_column(std::string_view text) {
  auto parsed =
      text.contains(mark) ? base::json::parse(with_shown_nul(text)) : base::json::parse(text);
  if (!parsed) throw RowError{"a stored row does not parse: " + parsed.error().message};
  if (!parsed->is_object()) throw RowError{"a stored row is no object"};
  return std::move(parsed->as_object());
}

}  // namespace belfry::store::sql
