#pragma once
#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "http/head.hpp"

namespace belfry::http {

/// Takes a request's body out of the bytes that follow its head: Content-Length or chunked
/// (RFC 9112 §6, §7.1). Sans-IO. Never holds more than `limit` bytes of body.
class BodyReader {
 public:
  BodyReader(const Head& head, std::size_t limit);

  /// Consumes from the front of `buffer` what belongs to the body.
  /// @return whether the body is complete; an error with `detail` 400 or 413.
  [[nodiscard]] base::Result<bool> feed(std::string& buffer);
  /// Known to be too long before a byte of it has arrived.
  bool too_large() const { return !chunked_ && left_ > limit_; }
  std::string take() { return std::move(body_); }

 private:
  enum class State { size_line, bytes, bytes_end, trailer, done };

  base::Result<bool> feed_chunked(std::string& buffer);
  base::Result<void> read_size(std::string_view line);

  std::size_t limit_;
  bool chunked_;
  std::uint64_t left_ = 0;  // of the body, or of the present chunk
  State state_ = State::size_line;
  std::size_t trailer_bytes_ = 0;
  std::string body_;
};

}  // namespace belfry::http
