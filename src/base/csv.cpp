#include "base/csv.hpp"

namespace belfry::base {
namespace {

std::string cell(std::string_view text) {
  constexpr std::string_view formula_starts = "=+-@\t\r";
  std::string quoted = "\"";
  if (!text.empty() && formula_starts.contains(text.front())) quoted += '\'';
  for (const char character : text) {
    if (character == '"') quoted += '"';
    quoted += character;
  }
  return quoted + '"';
}

}  // namespace

std::string csv_row(const std::vector<std::string>& cells) {
  std::string text;
  for (const std::string& each : cells) {
    if (!text.empty()) text += ',';
    text += cell(each);
  }
  return text + "\r\n";
}

}  // namespace belfry::base
