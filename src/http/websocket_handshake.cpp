#include "http/websocket_handshake.hpp"

#include <openssl/evp.h>

#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "http/text_rules.hpp"

namespace belfry::http {
namespace {

using base::Errc;
using base::fail;
using base::Result;

constexpr std::size_t max_answer = 16 << 10;
constexpr std::size_t key_size = 16;
constexpr std::string_view own_headers[] = {
    "Host",
    "Upgrade",
    "Connection",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Version",
    "Sec-WebSocket-Extensions",
    "Sec-WebSocket-Protocol",
    "Content-Length",
    "Transfer-Encoding"
};

std::string make_key(base::Random& random) {
  std::array<std::byte, key_size> bytes{};
  random.fill(bytes);
  return base::to_base64(bytes);
}

/// Status line and fields of the answer, strictly: a server that is sloppy here is none.
Result<int> read_status(std::string_view line) {
  const bool is_http = line.starts_with("HTTP/1.1 ") && line.size() >= 12;
  const auto status = is_http ? base::parse_unsigned(line.substr(9, 3)) : std::nullopt;
  if (!status || (line.size() > 12 && line[12] != ' '))
    return fail(Errc::malformed, "the answer is not HTTP/1.1");
  return static_cast<int>(*status);
}

Result<Headers> read_fields(std::string_view text) {
  Headers headers;
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
      return fail(Errc::malformed, "the answer has a broken header");
    headers.add(
        std::string(line.substr(0, colon)), std::string(base::trim(line.substr(colon + 1)))
    );
  }
  return headers;
}

}  // namespace

std::string websocket_accept(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  return base::to_base64(std::as_bytes(std::span(digest).first(size)));
}

bool is_clean(const Headers& headers) {
  for (const auto& [name, value] : headers) {
    if (!is_token(name) || value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
      return false;
    for (const std::string_view own : own_headers)
      if (base::equals_ignoring_case(name, own)) return false;
  }
  return true;
}

Response answer_websocket(const Request& request) {
  const bool asked = request.headers.lists("Upgrade", "websocket") &&
                     request.headers.lists("Connection", "upgrade");
  if (!asked || request.headers.get("Sec-WebSocket-Version").value_or("") != "13") {
    Response response = problem(426, "this address speaks WebSocket, version 13");
    response.headers.set("Upgrade", "websocket");
    response.headers.set("Connection", "Upgrade");
    response.headers.set("Sec-WebSocket-Version", "13");
    return response;
  }
  const std::string key(request.headers.get("Sec-WebSocket-Key").value_or(""));
  const auto nonce = base::from_base64(key);
  if (!nonce || nonce->size() != key_size)
    return problem(400, "Sec-WebSocket-Key must be 16 bytes in base64");
  Response response = empty(101);
  response.headers.set("Upgrade", "websocket");
  response.headers.set("Connection", "Upgrade");
  response.headers.set("Sec-WebSocket-Accept", websocket_accept(key));
  return response;
}

WebSocketHandshake::WebSocketHandshake(
    const net::Url& url, const Headers& headers, base::Random& random
) {
  const std::string key = make_key(random);
  accept_ = websocket_accept(key);
  request_ = "GET " + url.target() + " HTTP/1.1\r\nHost: " + url.authority() +
             "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + key +
             "\r\nSec-WebSocket-Version: 13\r\n";
  if (url.user) {
    const auto user = base::percent_decode(*url.user).value_or(*url.user);
    const auto password = base::percent_decode(url.password).value_or(url.password);
    request_ +=
        "Authorization: Basic " + base::to_base64(base::as_bytes(user + ":" + password)) + "\r\n";
  }
  for (const auto& [name, value] : headers) request_ += name + ": " + value + "\r\n";
  request_ += "\r\n";
}

Result<bool> WebSocketHandshake::handle_bytes(std::string_view bytes) {
  answer_ += bytes;
  const auto end = answer_.find("\r\n\r\n");
  if (end == std::string::npos) {
    if (answer_.size() > max_answer) return fail(Errc::malformed, "the answer is too long");
    return false;
  }
  const std::string_view head = std::string_view(answer_).substr(0, end);
  const auto line_end = head.find("\r\n");
  BELFRY_TRY(status, read_status(head.substr(0, line_end)));
  if (status != 101)
    return fail(Errc::refused, "the server answered " + std::to_string(status), status);
  BELFRY_TRY(
      headers, read_fields(line_end == std::string_view::npos ? "" : head.substr(line_end + 2))
  );
  if (!headers.lists("Upgrade", "websocket") || !headers.lists("Connection", "upgrade"))
    return fail(Errc::malformed, "the server does not switch to WebSocket");
  if (headers.get("Sec-WebSocket-Accept").value_or("") != accept_)
    return fail(Errc::malformed, "the server answered another handshake");
  if (headers.has("Sec-WebSocket-Extensions") || headers.has("Sec-WebSocket-Protocol"))
    return fail(Errc::malformed, "the server chose what was not offered");
  answer_.erase(0, end + 4);
  return true;
}

}  // namespace belfry::http
