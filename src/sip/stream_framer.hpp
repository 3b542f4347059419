#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace belfry::sip {

/// Cuts the byte stream of one TCP or TLS connection into messages by Content-Length (RFC 3261
/// §18.3), skips CRLF between them and answers the double-CRLF ping (RFC 5626 §3.5.1). Sans-IO. Any
/// byte is a sign of life, a pong too, so the owner needs no event for it.
/// Memory: at most one message (max_stream_message) and what poll_message has not fetched.
class StreamFramer {
 public:
  /// A message that began must be whole within this time (rule S10).
  explicit StreamFramer(base::Duration message_within = std::chrono::seconds(10))
      : message_within_(message_within) {}

  void handle_bytes(std::span<const std::byte> bytes, base::Instant now);
  void handle_timeout(base::Instant now);
  std::optional<base::Instant> next_timeout() const;
  /// The next whole message. Of one whose length cannot be known (no Content-Length, a broken one,
  /// one that is too large) only the head comes, and `is_broken` is true: the parser turns it into
  /// a 400 or 513, then the connection is closed.
  std::optional<std::string> poll_message();
  /// The pong to send, once for each ping.
  std::optional<std::string_view> poll_transmit();
  /// Nothing more is read: send what is due, then close.
  bool is_broken() const { return is_broken_; }

 private:
  bool cut_one();
  bool skip_line_ends();
  void break_off();

  base::Duration message_within_;
  base::Instant whole_by_ = base::Instant::max();
  std::string buffer_;
  std::size_t scanned_ = 0;  // no end of the head before this
  std::size_t line_ends_ = 0;
  std::size_t pongs_due_ = 0;
  std::deque<std::string> messages_;
  bool is_broken_ = false;
};

}  // namespace belfry::sip
