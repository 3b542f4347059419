#include "twiml/stream_playout.hpp"

#include <algorithm>
#include <memory>

#include "media/frame.hpp"
#include "media/g711.hpp"

namespace belfry::twiml {
namespace {

using namespace std::chrono_literals;

/// What the seat holds at most: enough to hear of an end and send the next piece in time.
constexpr base::Duration ahead = 120ms;
constexpr std::size_t piece_bytes = 480;  // 60 ms
constexpr std::size_t max_pieces = 16;    // in the seat; a player holds 32
/// Chunks are joined up to this, so that a million tiny ones cost what their bytes do.
constexpr std::size_t max_item_bytes = 4000;
/// Before the first piece after a pause: packets of the application do not come by the tick.
constexpr base::Duration lead = 40ms;
constexpr std::size_t enough_without_lead = 800;  // 100 ms are there: it sends faster than we play

}  // namespace

bool StreamPlayout::add_audio(std::span<const std::byte> mulaw) {
  if (mulaw.size() > max_waiting - waiting_) return false;
  if (mulaw.empty()) return true;
  waiting_ += mulaw.size();
  const bool joins = !items_.empty() && !items_.back().audio.empty() &&
                     items_.back().audio.size() + mulaw.size() <= max_item_bytes;
  if (!joins) items_.emplace_back();
  items_.back().audio.insert(items_.back().audio.end(), mulaw.begin(), mulaw.end());
  return true;
}

bool StreamPlayout::add_mark(std::string name) {
  if (marks_ >= max_marks) return false;
  ++marks_;
  items_.push_back({{}, std::move(name)});
  settle_marks();
  return true;
}

/// Marks at the front belong to the last piece that the seat was given, or have been played.
void StreamPlayout::settle_marks() {
  while (!items_.empty() && items_.front().audio.empty()) {
    std::string name = std::move(items_.front().mark);
    items_.pop_front();
    if (pieces_.empty()) {
      played_marks_.push_back(std::move(name));
      --marks_;
    } else {
      pieces_.back().marks.push_back(std::move(name));
    }
  }
}

void StreamPlayout::clear() {
  for (Piece& piece : pieces_)
    for (std::string& name : piece.marks) played_marks_.push_back(std::move(name));
  for (Item& item : items_)
    if (item.audio.empty()) played_marks_.push_back(std::move(item.mark));
  pieces_.clear();
  items_.clear();
  consumed_ = waiting_ = marks_ = 0;
  in_seat_ = base::Duration(0);
}

std::optional<call::Playback> StreamPlayout::next() {
  if (waiting_ == 0 || in_seat_ >= ahead || pieces_.size() >= max_pieces) return std::nullopt;
  if (pieces_.empty()) ++sound_;
  if (pieces_.empty() && waiting_ < enough_without_lead) {
    pieces_.push_back({{}, lead, {}});
    in_seat_ += lead;
    return call::SilencePlayback{lead};
  }
  media::PcmClip clip{media::narrowband, {}};
  clip.samples.reserve(piece_bytes);
  // A mark ends the piece, so that its moment is known.
  while (!items_.empty() && !items_.front().audio.empty() && clip.samples.size() < piece_bytes) {
    const std::vector<std::byte>& audio = items_.front().audio;
    const std::size_t count = std::min(audio.size() - consumed_, piece_bytes - clip.samples.size());
    for (const std::byte code : std::span(audio).subspan(consumed_, count))
      clip.samples.push_back(media::from_mulaw(code));
    consumed_ += count;
    waiting_ -= count;
    if (consumed_ < audio.size()) break;
    items_.pop_front();
    consumed_ = 0;
  }
  pieces_.push_back({{}, clip.duration(), {}});
  in_seat_ += clip.duration();
  settle_marks();
  return call::ClipPlayback{std::make_shared<const media::PcmClip>(std::move(clip)), 1, sound_};
}

void StreamPlayout::handle_started(call::PlaybackId playback) {
  pieces_.back().playback = playback;
}

void StreamPlayout::handle_finished(call::PlaybackId playback) {
  const auto found = std::ranges::find(pieces_, playback, &Piece::playback);
  if (found == pieces_.end()) return;
  // A seat plays in order; whatever came before has ended too.
  const auto end = std::next(found);
  for (auto piece = pieces_.begin(); piece != end; ++piece) {
    in_seat_ -= piece->length;
    marks_ -= piece->marks.size();
    for (std::string& name : piece->marks) played_marks_.push_back(std::move(name));
  }
  pieces_.erase(pieces_.begin(), end);
}

std::optional<std::string> StreamPlayout::poll_played_mark() {
  if (played_marks_.empty()) return std::nullopt;
  std::optional<std::string> name(std::move(played_marks_.front()));
  played_marks_.pop_front();
  return name;
}

}  // namespace belfry::twiml
