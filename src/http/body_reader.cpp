#include "http/body_reader.hpp"

#include "http/text_rules.hpp"

namespace belfry::http {
namespace {

using base::Errc;
using base::fail;
using base::Result;

constexpr std::size_t max_line = 1024;
constexpr std::size_t max_trailer = 8192;

std::unexpected<base::Error> malformed(const char* why) {
  return fail(Errc::malformed, why, 400);
}
std::unexpected<base::Error> too_large_error() {
  return fail(Errc::too_large, "body is too large", 413);
}

}  // namespace

BodyReader::BodyReader(const Head& head, std::size_t limit)
    : limit_(limit), chunked_(head.chunked), left_(head.content_length.value_or(0)) {}

Result<bool> BodyReader::feed(std::string& buffer) {
  if (chunked_) return feed_chunked(buffer);
  if (too_large()) return too_large_error();
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, buffer.size()));
  body_.append(buffer, 0, count);
  buffer.erase(0, count);
  left_ -= count;
  return left_ == 0;
}

Result<void> BodyReader::read_size(std::string_view line) {
  const std::string_view digits = trim_blanks(line.substr(0, line.find(';')));
  const char* end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, left_, 16);
  // Leading zeros or fifteen digits are nobody's chunk; extensions carry no control bytes.
  if (digits.empty() || digits.size() > 15 || error != std::errc() || stopped != end)
    return malformed("chunk size is not a number");
  if (std::ranges::any_of(line, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && c != '\t';
      }))
    return malformed("chunk extension with a control byte");
  if (left_ > limit_ - body_.size()) return too_large_error();
  return {};
}

Result<bool> BodyReader::feed_chunked(std::string& buffer) {
  std::size_t used = 0;
  while (state_ != State::done) {
    const std::string_view rest = std::string_view(buffer).substr(used);
    if (state_ == State::bytes) {
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, rest.size()));
      body_ += rest.substr(0, count);
      used += count;
      left_ -= count;
      if (left_ > 0) break;
      state_ = State::bytes_end;
      continue;
    }
    const auto end = rest.find("\r\n");
    if (end == std::string_view::npos) {
      if (rest.size() > max_line) return malformed("line of a chunked body is too long");
      if (state_ == State::bytes_end && !rest.empty() && rest != "\r")
        return malformed("chunk is longer than its size");
      break;
    }
    const std::string_view line = rest.substr(0, end);
    if (line.size() > max_line || line.contains('\n')) return malformed("bad line in a body");
    used += end + 2;
    if (state_ == State::size_line) {
      BELFRY_CHECK(read_size(line));
      state_ = left_ == 0 ? State::trailer : State::bytes;
    } else if (state_ == State::bytes_end) {
      if (!line.empty()) return malformed("chunk is longer than its size");
      state_ = State::size_line;
    } else {
      trailer_bytes_ += line.size();
      if (trailer_bytes_ > max_trailer) return malformed("trailer is too long");
      if (line.empty()) state_ = State::done;
    }
  }
  buffer.erase(0, used);
  return state_ == State::done;
}

}  // namespace belfry::http
