#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

/// Session descriptions (RFC 8866), as a value: what is on the wire and nothing that it means.
/// No state, no clock, any thread.
namespace belfry::sdp {

/// A `c=` line: "IN IP4 192.0.2.1". `address` is as written; `is_ip_address` tells a literal.
struct Connection {
  std::string address;
  bool ipv6 = false;
  bool operator==(const Connection&) const = default;
};

/// `a=name` or `a=name:value`.
struct Attribute {
  std::string name;
  std::string value;
  bool operator==(const Attribute&) const = default;
};

/// An `o=` line. The session id is text, since the standard lets it be longer than 64 bits.
struct Origin {
  std::string user = "-";
  std::string session_id = "0";
  std::uint64_t version = 0;
  Connection address;
  bool operator==(const Origin&) const = default;
};

/// One `m=` line and what belongs to it.
struct Media {
  std::string kind;  // "audio", "video", ...
  std::uint16_t port = 0;
  std::uint16_t port_count = 1;
  std::string profile;  // "RTP/AVP"
  std::vector<std::string> formats;
  std::optional<Connection> connection;
  std::vector<std::string> bandwidths;  // the values of `b=` lines
  std::vector<Attribute> attributes;
  bool operator==(const Media&) const = default;

  /// The first attribute of that name, or nothing.
  const Attribute* find(std::string_view name) const;
};

struct Description {
  Origin origin;
  std::string name = "-";
  std::optional<Connection> connection;
  std::vector<std::string> bandwidths;
  std::vector<Attribute> attributes;
  std::vector<Media> media;
  bool operator==(const Description&) const = default;

  const Attribute* find(std::string_view name) const;
  /// The connection that counts for `m`: its own, else that of the session; nothing when neither.
  const Connection* connection_of(const Media& m) const;
};

/// trust.md section 7. Beyond them a description is refused as a whole.
struct Limits {
  static constexpr std::size_t bytes = 16 * 1024;
  static constexpr std::size_t media = 32;
  static constexpr std::size_t attributes = 512;
  static constexpr std::size_t candidates = 64;
  static constexpr std::size_t formats = 64;  // of one m-line
};

/// Lines may end in CRLF or LF. Lines that are known but not used (i u e p t r z k) are skipped,
/// their order is not checked.
/// @return Errc::malformed, or Errc::too_large beyond `Limits`; `detail` is 488 for both.
[[nodiscard]] base::Result<Description> parse(std::string_view text);

/// Always CRLF; a control character inside a value is left out, so that no line can be injected.
std::string serialize(const Description& description);

/// An IPv4 or IPv6 literal, nothing else (no name, no "/ttl").
bool is_ip_address(std::string_view text);
/// `0.0.0.0` or `::`, the old way to say hold (RFC 2543, RFC 3264 section 8.4).
bool is_unspecified(std::string_view address);

}  // namespace belfry::sdp
