#include "media/timeline.hpp"

#include <algorithm>
#include <limits>

namespace belfry::media {
namespace {

constexpr std::size_t most_waiting = 10 * 8000;
constexpr std::size_t longest_bridge = 80;  // 10 ms

Sample sum(Sample a, Sample b) {
  using Limits = std::numeric_limits<Sample>;
  return static_cast<Sample>(std::clamp<int>(a + b, Limits::min(), Limits::max()));
}

}  // namespace

void Timeline::put(std::size_t track_number, Position at, ConstSamples samples) {
  Track& track = tracks_.at(track_number);
  const Position end_of_known = taken_ + std::ssize(track.samples);
  if (at < end_of_known) {  // the part that is new
    const auto known = static_cast<std::size_t>(end_of_known - at);
    if (known >= samples.size()) {
      ++refused_;
      return;
    }
    samples = samples.subspan(known);
    at = end_of_known;
  }
  const auto begin = static_cast<std::size_t>(at - taken_);
  if (begin + samples.size() > most_waiting) {
    ++refused_;
    return;
  }
  bridge(track, begin, samples);
  track.samples.insert(track.samples.end(), samples.begin(), samples.end());
}

/// Fills up to `begin`: a short gap by a straight line, a longer one by silence.
void Timeline::bridge(Track& track, std::size_t begin, ConstSamples next) const {
  const std::size_t gap = begin - track.samples.size();
  if (gap == 0) return;
  const bool straight = gap <= longest_bridge && (taken_ > 0 || !track.samples.empty());
  const int from = track.samples.empty() ? track.last : track.samples.back();
  const int rise = next.front() - from;
  for (std::size_t i = 1; i <= gap; ++i) {
    const int between = from + rise * static_cast<int>(i) / static_cast<int>(gap + 1);
    track.samples.push_back(straight ? static_cast<Sample>(between) : Sample{0});
  }
}

void Timeline::pause(Position at, Pause how) {
  if (!pauses_.empty() && !pauses_.back().to) return;
  pauses_.push_back({std::max(at, taken_), std::nullopt, how});
}

void Timeline::resume(Position at) {
  if (!pauses_.empty() && !pauses_.back().to) pauses_.back().to = std::max(at, taken_);
}

const Timeline::Paused* Timeline::pause_at(Position at) const {
  const auto found = std::ranges::find_if(pauses_, [&](const Paused& pause) {
    return pause.from <= at && (!pause.to || at < *pause.to);
  });
  return found == pauses_.end() ? nullptr : &*found;
}

Timeline::Position Timeline::next_change_after(Position at) const {
  Position next = std::numeric_limits<Position>::max();
  for (const Paused& pause : pauses_) {
    if (pause.from > at) next = std::min(next, pause.from);
    if (pause.to && *pause.to > at) next = std::min(next, *pause.to);
  }
  return next;
}

void Timeline::take(Position until, Layout layout, std::vector<Sample>& into) {
  if (until <= taken_) return;
  const auto count = static_cast<std::size_t>(until - taken_);
  for (Track& track : tracks_)
    if (track.samples.size() < count) track.samples.resize(count);
  const std::vector<Sample> silence(count);
  for (Position at = taken_; at < until;) {
    const Position end = std::min(until, next_change_after(at));
    const Paused* pause = pause_at(at);
    const auto from = static_cast<std::size_t>(at - taken_);
    const auto length = static_cast<std::size_t>(end - at);
    if (pause == nullptr) {
      append(
          ConstSamples(tracks_[0].samples).subspan(from, length),
          ConstSamples(tracks_[1].samples).subspan(from, length), layout, into
      );
    } else if (pause->how == Pause::keep_silent) {
      const auto quiet = ConstSamples(silence).first(length);
      append(quiet, quiet, layout, into);
    }
    at = end;
  }
  for (Track& track : tracks_) {
    track.last = track.samples[count - 1];
    track.samples.erase(
        track.samples.begin(), track.samples.begin() + static_cast<std::ptrdiff_t>(count)
    );
  }
  taken_ = until;
  std::erase_if(pauses_, [&](const Paused& pause) { return pause.to && *pause.to <= until; });
}

void Timeline::append(
    ConstSamples first, ConstSamples second, Layout layout, std::vector<Sample>& into
) {
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (layout == Layout::apart) {
      into.push_back(first[i]);
      into.push_back(second[i]);
    } else {
      into.push_back(sum(first[i], second[i]));
    }
  }
}

}  // namespace belfry::media
