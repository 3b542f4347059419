#include "http/wire.hpp"

#include "http/text_rules.hpp"

namespace belfry::http {
namespace {

void append_field(std::string& into, std::string_view name, std::string_view value) {
  if (!is_token(name)) return;
  into += name;
  into += ": ";
  for (const char c : value) into += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
  into += "\r\n";
}

/// IMF-fixdate (RFC 9110 §5.6.7).
std::string http_date(base::WallTime now) {
  std::string date = base::to_rfc2822(now);
  return date.replace(date.rfind(' ') + 1, std::string::npos, "GMT");
}

}  // namespace

std::string head_of(
    const Response& response, base::WallTime now, bool keep_alive, int minor_version
) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head += status_phrase(response.status);
  head += "\r\n";
  for (const auto& [name, value] : response.headers) append_field(head, name, value);
  append_field(head, "Date", http_date(now));
  if (response.headers.has("Content-Length")) {
    // The handler's: of a stream, or of what a GET would give to a HEAD.
  } else if (response.stream && minor_version == 1) {
    append_field(head, "Transfer-Encoding", "chunked");
  } else if (!response.stream && response.status >= 200 && response.status != 204 &&
             response.status != 304) {
    append_field(head, "Content-Length", std::to_string(response.body.size()));
  }
  if (!keep_alive) append_field(head, "Connection", "close");
  if (keep_alive && minor_version == 0) append_field(head, "Connection", "keep-alive");
  return head += "\r\n";
}

std::string as_chunk(std::string_view bytes) {
  std::array<char, 16> size{};
  const auto end = std::to_chars(size.data(), size.data() + size.size(), bytes.size(), 16).ptr;
  std::string chunk(size.data(), end);
  chunk += "\r\n";
  chunk += bytes;
  return chunk += "\r\n";
}

}  // namespace belfry::http
