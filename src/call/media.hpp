#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <variant>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "base/time.hpp"
#include "call/seat_statistics.hpp"
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
  /// Pieces of one sound that is made while it is played have the same number, and no seam is heard
  /// between them; 0: a whole sound.
  std::uint64_t sound = 0;
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
  /// A pure tone of 400 to 2,500 Hz has ended, or lasts for a second; only after `watch_beep`.
  virtual void on_beep(double /*hz*/) {}
};

// --- Rooms of many ---

struct RoomTag;
using RoomId = base::Id<RoomTag>;

/// How a seat takes part in a room of many.
struct RoomPlace {
  bool muted = false;   // the others do not hear it
  bool deaf = false;    // it does not hear the others; what is played to its own seat it hears
  SeatId coached = {};  // only this seat hears it; none: all do
  float gain_db = 0;    // of what it says
};

class RoomListener {
 public:
  virtual ~RoomListener() = default;
  virtual void on_room_playback_finished(PlaybackId playback) = 0;
};

// --- Recordings and taps ---

struct RecordingTag;
using RecordingId = base::Id<RecordingTag>;

/// Directions are the party's: inbound is what it says, outbound what it hears.
enum class Track { inbound, outbound, both };

struct RecordingTerms {
  std::string path;  // of the WAV file; it grows as `path`.part (rule R8)
  enum class Channels {
    mono,
    dual
  } channels = Channels::mono;  // dual: inbound left, outbound right
  Track track = Track::both;    // of a seat; a room's is what all of it says
  bool trim_silence = false;    // leading and trailing silence, when it is finished
};
struct RecordingResult {
  base::Duration length{0};       // of the file
  base::Duration clock_drift{0};  // how far the party's RTP clock ran ahead of ours
  bool silent = false;            // nobody said anything
  bool failed = false;            // the disk; what was written is kept
};
class RecordingListener {
 public:
  virtual ~RecordingListener() = default;
  /// The last thing it says: the file is whole and has its name, or nothing could be written.
  virtual void on_recording_ended(RecordingId recording, const RecordingResult& result) = 0;
};
/// What is not to be kept is left out, or kept as silence of the same length.
enum class WhilePaused { skip, silence };

struct TapTag;
using TapId = base::Id<TapTag>;

/// Gets what a seat says or hears as it happens. Control thread.
class AudioTap {
 public:
  virtual ~AudioTap() = default;
  /// 20 ms at 8 kHz. `since_start` counts from the tap's begin and jumps over lost packets.
  virtual void on_audio(
      Track track, base::Duration since_start, std::span<const std::int16_t> samples
  ) = 0;
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
  /// Reports beeps of 120 ms or more from now on. From then on the tones of the network (ringing,
  /// busy) are not taken for speech.
  virtual void watch_beep(SeatId seat) = 0;
  /// A key of the party came by signalling: whoever it is connected with gets it, as a
  /// telephone-event or a tone, unless it comes in the media too.
  virtual void press(SeatId seat, char key) = 0;
  /// The party hears itself, until the seat is connected or disconnected.
  virtual void loop_back(SeatId seat) = 0;

  // --- Rooms of many ---

  virtual RoomId open_room(RoomListener* listener) = 0;
  /// Whoever is in it is alone then.
  virtual void close_room(RoomId room) = 0;
  /// Leaves the room or the peer that the seat had. `disconnect` leaves, `connect` does too.
  virtual void enter(RoomId room, SeatId seat, RoomPlace place) = 0;
  virtual void set_place(SeatId seat, RoomPlace place) = 0;
  /// Mixed with what is said; those who are deaf do not hear it.
  virtual PlaybackId play_to_room(RoomId room, Playback playback) = 0;
  virtual void stop_playing_to_room(RoomId room) = 0;

  // --- Recordings and taps ---

  /// Several recordings of a seat or a room may run. They end with the seat or the room, or when
  /// they are stopped; `listener` (nullptr: nobody) is told when the file is whole.
  virtual base::Result<RecordingId> start_recording(
      SeatId seat, RecordingTerms terms, RecordingListener* listener
  ) = 0;
  virtual base::Result<RecordingId> start_recording(
      RoomId room, RecordingTerms terms, RecordingListener* listener
  ) = 0;
  virtual void pause_recording(RecordingId recording, WhilePaused how) = 0;
  virtual void resume_recording(RecordingId recording) = 0;
  /// Ends at this moment. The file is whole a little later, when all from before has come.
  virtual void stop_recording(RecordingId recording) = 0;
  /// Nothing more is told to it: for a listener that goes. Its recordings go on.
  virtual void forget_listener(RecordingListener* listener) = 0;
  /// `tap` outlives it or is taken off first.
  virtual TapId add_tap(SeatId seat, Track track, AudioTap* tap) = 0;
  virtual void remove_tap(TapId tap) = 0;

  virtual base::Task<SeatStatistics> statistics(SeatId seat) = 0;
  /// `told` gets the seat's last statistics soon after it was closed, by whomever, on a turn of its
  /// own; it may outlive the leg. One for each seat; never called when there is no such seat.
  virtual void when_over(SeatId seat, std::function<void(const SeatStatistics&)> told) = 0;
};

}  // namespace belfry::call
