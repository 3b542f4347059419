#pragma once
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "sip/message.hpp"

/// For tests: messages from lines, as they would come from the wire.
namespace belfry::sip::testing_support {

inline Message read(std::string_view text) {
  auto parsed = parse(text, Framing::datagram);
  EXPECT_EQ(parsed.kind, Parsed::Kind::message) << parsed.why << "\n" << text;
  return std::move(parsed.message);
}

/// @param lines start line and headers, each ending in \n; Via and Content-Length are added.
inline Message message(std::string_view lines, std::string_view body = {}) {
  std::string text;
  for (const char c : lines) {
    if (c == '\n') text += '\r';
    text += c;
    if (c == '\n' && text.find("\r\nVia:") == std::string::npos)
      text += "Via: SIP/2.0/UDP 192.0.2.77:5060;branch=z9hG4bK-test\r\n";
  }
  text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  text += body;
  return read(text);
}

inline std::string sdp_of(std::string_view address, int port, std::string_view more = {}) {
  std::string text = "v=0\r\no=- 7 1 IN IP4 ";
  text.append(address).append("\r\ns=-\r\nc=IN IP4 ").append(address);
  text += "\r\nt=0 0\r\nm=audio " + std::to_string(port) + " RTP/AVP 0 8\r\n";
  text += more;
  return text;
}

}  // namespace belfry::sip::testing_support
