#include "sip/stream_framer.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "sip/characters.hpp"
#include "sip/message.hpp"

namespace belfry::sip {
namespace {

using base::Instant;

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::size_t npos = std::string_view::npos;

/// @param head up to and with its empty line
/// @return nothing when there is none, two, or no number
std::optional<std::size_t> content_length(std::string_view head) {
  std::optional<std::size_t> length;
  while (!head.empty()) {
    const auto end = head.find(line_end);
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end + line_end.size());
    const auto colon = line.find(':');
    if (colon == npos || characters::is_space(line.front())) continue;
    if (header_id(characters::trim(line.substr(0, colon))) != HeaderId::content_length) continue;
    const auto number = parse_number(characters::trim(line.substr(colon + 1)));
    if (length || !number) return std::nullopt;
    length = *number;
  }
  return length;
}

}  // namespace

void StreamFramer::handle_bytes(std::span<const std::byte> bytes, Instant now) {
  if (is_broken_) return;
  buffer_ += base::as_text(bytes);
  const bool was_idle = whole_by_ == Instant::max();
  bool has_cut = false;
  while (!is_broken_ && cut_one()) has_cut = true;
  if (buffer_.empty()) {
    whole_by_ = Instant::max();
  } else if (was_idle || has_cut) {
    whole_by_ = now + message_within_;
  }
}

bool StreamFramer::skip_line_ends() {
  std::size_t skipped = 0;
  const std::string_view text = buffer_;
  while (text.substr(skipped).starts_with(line_end)) {
    skipped += line_end.size();
    if (++line_ends_ < 2) continue;
    line_ends_ = 0;
    ++pongs_due_;
  }
  buffer_.erase(0, skipped);
  const bool is_half = buffer_ == "\r";
  if (!buffer_.empty() && !is_half) line_ends_ = 0;
  return !buffer_.empty() && !is_half;
}

/// @return true when a message was cut and more may follow
bool StreamFramer::cut_one() {
  if (scanned_ == 0 && !skip_line_ends()) return false;
  const auto end = buffer_.find(head_end, scanned_);
  if (end == npos) {
    scanned_ = buffer_.size() < head_end.size() ? 1 : buffer_.size() - head_end.size() + 1;
    if (buffer_.size() > max_header_bytes) break_off();
    return false;
  }
  const std::size_t head_size = end + head_end.size();
  scanned_ = end;  // found at once when more bytes come
  const auto length = content_length(std::string_view(buffer_).substr(0, head_size));
  if (!length || *length > max_stream_message || head_size > max_stream_message - *length) {
    messages_.push_back(buffer_.substr(0, head_size));
    break_off();
    return false;
  }
  if (buffer_.size() - head_size < *length) return false;
  messages_.push_back(buffer_.substr(0, head_size + *length));
  buffer_.erase(0, head_size + *length);
  scanned_ = 0;
  return true;
}

void StreamFramer::break_off() {
  is_broken_ = true;
  buffer_ = std::string();
  whole_by_ = Instant::max();
}

void StreamFramer::handle_timeout(Instant now) {
  if (now >= whole_by_) break_off();
}

std::optional<Instant> StreamFramer::next_timeout() const {
  return whole_by_ == Instant::max() ? std::nullopt : std::optional(whole_by_);
}

std::optional<std::string> StreamFramer::poll_message() {
  if (messages_.empty()) return std::nullopt;
  std::string next = std::move(messages_.front());
  messages_.pop_front();
  return next;
}

std::optional<std::string_view> StreamFramer::poll_transmit() {
  if (pongs_due_ == 0) return std::nullopt;
  --pongs_due_;
  return line_end;
}

}  // namespace belfry::sip
