#include "server/commands/terminal_text.hpp"

namespace belfry::server {

using base::json::value;

std::string printable(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  return text;
}

std::string member(const value& object, std::string_view name) {
  const value* found = base::json::find(object, name);
  if (found == nullptr || found->is_null()) return {};
  return printable(
      found->is_string() ? std::string(found->get_string()) : base::json::serialize(*found)
  );
}

const base::json::array& list(const value& object, std::string_view name) {
  static const base::json::array none;
  const value* found = base::json::find(object, name);
  return found != nullptr && found->is_array() ? found->get_array() : none;
}

}  // namespace belfry::server
