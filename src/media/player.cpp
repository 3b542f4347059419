#include "media/player.hpp"

#include <algorithm>
#include <limits>

#include "media/dtmf.hpp"

namespace belfry::media {
namespace {

constexpr base::Duration fade = std::chrono::milliseconds(5);
constexpr base::Duration digit_pause = std::chrono::milliseconds(500);
constexpr std::size_t endless = std::numeric_limits<std::size_t>::max();

bool is_playable(const PlayItem& item, SampleRate rate) {
  const auto* clip = std::get_if<PlayClip>(&item);
  return clip == nullptr ||
         (clip->clip && clip->clip->rate == rate && !clip->clip->samples.empty());
}

PcmClipPtr take_clip(PlayItem& item) {
  auto* clip = std::get_if<PlayClip>(&item);
  return clip == nullptr ? nullptr : std::move(clip->clip);
}

/// The part of a whole of `length` that is still to come and fits.
std::size_t left(std::size_t length, std::size_t position, Samples into) {
  return std::min(length - std::min(position, length), into.size());
}

}  // namespace

std::optional<DigitString> DigitString::parse(std::string_view text) {
  DigitString digits;
  for (char digit : text) {
    if (digit >= 'a' && digit <= 'd') digit = static_cast<char>(digit - 'a' + 'A');
    const std::size_t times = digit == 'W' ? 2 : 1;
    if (digit == 'W') digit = 'w';
    if (digit != 'w' && !is_dtmf_digit(digit)) return std::nullopt;
    if (digits.size_ + times > digits.digits_.size()) return std::nullopt;
    for (std::size_t i = 0; i < times; ++i) digits.digits_[digits.size_++] = digit;
  }
  return digits;
}

bool Player::enqueue(PlayId id, PlayItem item) {
  const std::size_t owed = 2 * (queue_.size() + 1) + (sounding_ ? 1 : 0);
  if (events_.size() + owed > events_.capacity() || !is_playable(item, rate_)) return false;
  return queue_.push({id, std::move(item)});
}

void Player::stop() {
  if (sounding_ && position_ == 0 && digit_ == 0 && rounds_ == 0) end(PlayEvent::Kind::stopped);
  fading_ = sounding_;
  while (auto waiting = queue_.pop())
    report(waiting->id, PlayEvent::Kind::stopped, take_clip(waiting->item));
}

void Player::report(PlayId id, PlayEvent::Kind kind, PcmClipPtr clip) {
  events_.push({id, kind, std::move(clip)});
}

void Player::begin_next() {
  current_ = *queue_.pop();
  sounding_ = true;
  position_ = digit_ = rounds_ = 0;
  if (const auto* tone = std::get_if<PlayTone>(&current_.item))
    generator_ = ToneGenerator(tone->tone, rate_);
  if (const auto* digits = std::get_if<PlayDigits>(&current_.item)) begin_digit(*digits);
  report(current_.id, PlayEvent::Kind::started);
}

void Player::end(PlayEvent::Kind kind) {
  report(current_.id, kind, take_clip(current_.item));
  sounding_ = fading_ = false;
}

bool Player::next_frame(Samples frame) {
  const Samples whole = frame;
  if (fading_) frame = fade_out(frame);
  while (!frame.empty() && (sounding_ || !queue_.empty())) {
    if (!sounding_) begin_next();
    const std::size_t written = render(frame);
    frame = frame.subspan(written);
    if (!frame.empty()) end(PlayEvent::Kind::finished);
  }
  std::ranges::fill(frame, Sample{0});
  return frame.size() < whole.size();
}

/// @return what is left of the frame.
Samples Player::fade_out(Samples frame) {
  const Samples tail = frame.first(std::min(samples_in(fade, rate_), frame.size()));
  const std::size_t written = render(tail);
  for (std::size_t i = 0; i < written; ++i) {
    const auto part = static_cast<std::int64_t>(tail.size() - i - 1);
    tail[i] = static_cast<Sample>(tail[i] * part / std::ssize(tail));
  }
  end(PlayEvent::Kind::stopped);
  return frame.subspan(written);
}

/// @return samples written; fewer than asked for when the item has ended.
std::size_t Player::render(Samples into) {
  return std::visit([&](auto& item) { return render_item(item, into); }, current_.item);
}

std::size_t Player::render_item(PlayClip& item, Samples into) {
  const ConstSamples samples = item.clip->samples;
  std::size_t written = 0;
  while (written < into.size()) {
    if (position_ == samples.size()) {
      ++rounds_;
      if (item.loops != loop_forever && rounds_ >= item.loops) break;
      position_ = 0;
    }
    const std::size_t count = left(samples.size(), position_, into.subspan(written));
    std::ranges::copy(samples.subspan(position_, count), into.subspan(written).begin());
    position_ += count;
    written += count;
  }
  return written;
}

std::size_t Player::render_item(PlaySilence& item, Samples into) {
  const std::size_t count = left(samples_in(item.length, rate_), position_, into);
  std::ranges::fill(into.first(count), Sample{0});
  position_ += count;
  return count;
}

/// The last 5 ms of `length` go down to nothing; the generator itself ramps the start.
std::size_t Player::render_tone(std::size_t length, Samples into) {
  const std::size_t count = left(length, position_, into);
  generator_.fill(into.first(count));
  const std::size_t ramp = std::min(samples_in(fade, rate_), length);
  for (std::size_t i = 0; i < count && length != endless; ++i) {
    const std::size_t to_come = length - position_ - i - 1;
    if (to_come < ramp)
      into[i] = static_cast<Sample>(
          into[i] * static_cast<std::int64_t>(to_come) / static_cast<std::int64_t>(ramp)
      );
  }
  position_ += count;
  return count;
}

std::size_t Player::render_item(PlayTone& item, Samples into) {
  return render_tone(item.length.count() > 0 ? samples_in(item.length, rate_) : endless, into);
}

void Player::begin_digit(const PlayDigits& item) {
  position_ = 0;
  if (digit_ >= item.digits.text().size()) return;
  if (const auto tone = dtmf_tone(item.digits.text()[digit_]))
    generator_ = ToneGenerator(*tone, rate_);
}

std::size_t Player::render_item(PlayDigits& item, Samples into) {
  std::size_t written = 0;
  while (written < into.size() && digit_ < item.digits.text().size()) {
    const bool pause = item.digits.text()[digit_] == 'w';
    const std::size_t on = pause ? 0 : samples_in(item.on, rate_);
    const std::size_t all =
        pause ? samples_in(digit_pause, rate_) : on + samples_in(item.off, rate_);
    const Samples rest = into.subspan(written);
    if (position_ < on) {
      written += render_tone(on, rest);
    } else if (position_ < all) {
      const std::size_t count = left(all, position_, rest);
      std::ranges::fill(rest.first(count), Sample{0});
      position_ += count;
      written += count;
    } else {
      ++digit_;
      begin_digit(item);
    }
  }
  return written;
}

}  // namespace belfry::media
