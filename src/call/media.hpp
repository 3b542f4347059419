#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "base/time.hpp"
#include "media/frame.hpp"

/// What the call model asks of the media plane. `gateway/media` implements it; nothing here blocks,
/// everything is a command to a media worker.
namespace belfry::call {

struct SeatTag;
using SeatId = base::Id<SeatTag>;  // one leg's media place
struct PlaybackTag;
using PlaybackId = base::Id<PlaybackTag>;

/// One thing to play; items of a seat are played in the order given.
struct ClipPlayback {
  std::shared_ptr<const media::PcmClip>
      clip;  // shared by the cache, every seat that plays it, and the caller
  std::uint32_t times = 1;
};
struct SilencePlayback {
  base::Duration length;
};
struct DigitsPlayback {
  std::string digits;  // 0-9 A-D * #, w = half a second, W = a second; sent as telephone-events
                       // where agreed
};
struct TonePlayback {
  enum class Kind { ringback, busy, beep } kind = Kind::beep;
  base::Duration length;
};
using Playback = std::variant<ClipPlayback, SilencePlayback, DigitsPlayback, TonePlayback>;

/// What is said in a piece of audio; empty for other sound.
struct Words {
  std::string text;
  bool continues = false;  // another sentence of the speech before
  bool more = false;       // and there will be another
};

struct SeatStatistics {
  std::string codec;
  std::uint64_t packets_in = 0;
  std::uint64_t packets_out = 0;
  std::uint64_t packets_lost = 0;
  double jitter_ms = 0;
  double round_trip_ms = 0;
  double mos = 0;  // estimate, 1 to 4.5
};

/// What a seat tells its leg. Control thread.
class SeatListener {
 public:
  virtual ~SeatListener() = default;
  virtual void on_playback_started(PlaybackId playback) = 0;
  virtual void on_playback_finished(PlaybackId playback) = 0;
  /// A key the party pressed, once per press, however it came (telephone-event or in-band tone).
  virtual void on_seat_digit(char digit) = 0;
  /// Nothing has arrived for the time given in the seat's settings (rule S9).
  virtual void on_media_timeout() = 0;
  /// The party began or stopped speaking; only after `watch_speech`.
  virtual void on_speech(bool /*speaking*/) {}
};

class MediaPlane {
 public:
  virtual ~MediaPlane() = default;

  /// `listener` must outlive the seat or be replaced by nullptr.
  virtual void listen(SeatId seat, SeatListener* listener) = 0;
  virtual PlaybackId play(SeatId seat, Playback playback) = 0;
  /// Stops what plays and forgets what waits; each gets its `on_playback_finished`.
  virtual void stop_playing(SeatId seat) = 0;
  /// Puts two seats into one room; packets are relayed undecoded when the codecs match. Playing to
  /// a seat interrupts what it hears from the other.
  virtual void connect(SeatId one, SeatId other) = 0;
  /// Alone again. Harmless for a seat that is.
  virtual void disconnect(SeatId seat) = 0;
  /// Reports speech from now on: energy above the noise floor, an end after 100 ms of silence.
  virtual void watch_speech(SeatId seat) = 0;
  /// Writes what the party says (mono WAV, 8 kHz) to `path` until `stop_recording` (rule R8).
  virtual base::Result<> record(SeatId seat, std::string path) = 0;
  virtual void stop_recording(SeatId seat) = 0;
  virtual base::Task<SeatStatistics> statistics(SeatId seat) = 0;
};

}  // namespace belfry::call
