#include "sip/extension_headers.hpp"

#include "base/text.hpp"
#include "sip/header.hpp"

namespace belfry::sip {
namespace {

constexpr std::size_t most_headers = 30;
constexpr std::size_t most_bytes = 1024;

bool is_extension(std::string_view name) {
  return base::to_lower(name.substr(0, 2)) == "x-" ||
         base::equals_ignoring_case(name, "User-to-User");
}

}  // namespace

ExtensionHeaders extension_headers(const Message& message) {
  ExtensionHeaders headers;
  std::size_t bytes = 0;
  for (std::size_t at = 0; at < message.header_count(); ++at) {
    const Message::Header header = message.header_at(at);
    if (!is_extension(header.name) || headers.size() == most_headers) continue;
    bytes += header.name.size() + header.value.size();
    if (bytes > most_bytes) break;
    headers.emplace_back(header.name, one_line(header.value));
  }
  return headers;
}

}  // namespace belfry::sip
