#include "speech/utterances.hpp"

#include <algorithm>

namespace belfry::speech {
namespace {

/// An engine needs some silence to know the channel by, and a word's soft beginning.
constexpr base::Duration lead = std::chrono::milliseconds(300);

}  // namespace

Utterances::Utterances(base::Duration pause) : pause_(pause) {}

void Utterances::handle_frame(media::ConstSamples frame) {
  speaking_ = activity_.handle_frame(frame);
  if (!open_ && !speaking_) {
    before_.insert(before_.end(), frame.begin(), frame.end());
    const std::size_t kept = media::samples_in(lead, media::narrowband);
    if (before_.size() > kept)
      before_.erase(before_.begin(), before_.end() - static_cast<std::ptrdiff_t>(kept));
    return;
  }
  if (!open_) {
    open_ = true;
    length_ = base::Duration{0};
    append(before_);
    before_.clear();
  }
  append(frame);
  length_ += media::frame_duration;
  if ((!speaking_ && activity_.silence() >= pause_) || length_ >= longest) end();
}

void Utterances::append(media::ConstSamples frame) {
  if (pieces_.empty() || pieces_.back().ends) pieces_.emplace_back();
  auto& samples = pieces_.back().samples;
  samples.insert(samples.end(), frame.begin(), frame.end());
}

void Utterances::end() {
  open_ = false;
  if (pieces_.empty() || pieces_.back().ends) pieces_.emplace_back();
  pieces_.back().ends = true;
}

void Utterances::finish() {
  if (open_) end();
  speaking_ = false;
}

std::optional<Utterances::Piece> Utterances::take() {
  if (pieces_.empty()) return std::nullopt;
  std::optional<Piece> piece(std::move(pieces_.front()));
  pieces_.erase(pieces_.begin());
  return piece;
}

base::Duration Utterances::waiting() const {
  std::size_t samples = 0;
  for (const Piece& piece : pieces_) samples += piece.samples.size();
  return media::duration_of(samples, media::narrowband);
}

bool Utterances::has_end() const {
  return std::ranges::any_of(pieces_, &Piece::ends);
}

base::Duration Utterances::drop() {
  const base::Duration dropped = waiting();
  const bool ended = has_end();
  pieces_.clear();
  // Of what is half understood already, the end is still to be told.
  if (ended) pieces_.push_back({{}, true});
  return dropped;
}

}  // namespace belfry::speech
