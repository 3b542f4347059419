#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "call/media.hpp"

namespace belfry::twiml {

/// The messages of one media stream, as Twilio words them, without I/O: audio, digits and played
/// marks in, JSON text out; and JSON text of the application in, events out. A message that cannot
/// be understood is a `Complaint`; the stream goes on. Control thread. Reads no clock.
class MediaStream {
 public:
  struct Settings {
    std::string account_sid;
    std::string call_sid;
    std::string stream_sid;  // MZ…
    call::Track track = call::Track::inbound;
    bool bidirectional = false;  // the application may answer; keys are told
    std::vector<std::pair<std::string, std::string>> parameters;
  };
  struct Audio {
    std::vector<std::byte> mulaw;  // 8 kHz
  };
  struct Mark {
    std::string name;
  };
  struct Clear {};
  struct Complaint {
    int code = 0;  // 31950 no JSON, 31951 unknown or incomplete, 31931 audio that is none
    std::string message;
  };
  using Event = std::variant<Audio, Mark, Clear, Complaint>;

  static constexpr std::size_t max_message = 1 << 20;
  static constexpr std::size_t max_mark_name = 1024;

  explicit MediaStream(Settings settings) : settings_(std::move(settings)) {}
  const Settings& settings() const { return settings_; }

  /// "connected" and "start". Once, before anything else.
  void start();
  /// 20 ms at 8 kHz. `since_start` may jump: what was lost on the way is a gap in the timestamps.
  void handle_audio(
      call::Track track, base::Duration since_start, std::span<const std::int16_t> samples
  );
  void handle_digit(char digit);
  /// What was sent before this mark has been played, or was cleared.
  void handle_mark_played(std::string_view name);
  void handle_message(std::string_view text);
  /// "stop". The last thing that is sent.
  void stop();

  std::optional<std::string> poll_transmit();
  std::optional<Event> poll_event();

 private:
  std::string next_number() { return std::to_string(++sequence_); }
  void send(std::string message) { outbox_.push_back(std::move(message)); }
  Event read(std::string_view text) const;

  Settings settings_;
  std::uint64_t sequence_ = 0;
  std::uint64_t inbound_chunks_ = 0;
  std::uint64_t outbound_chunks_ = 0;
  bool stopped_ = false;
  std::deque<std::string> outbox_;
  std::deque<Event> events_;
};

}  // namespace belfry::twiml
