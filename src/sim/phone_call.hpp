#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/wait.hpp"
#include "call/media.hpp"
#include "call/speech.hpp"
#include "call/status.hpp"
#include "gateway/media/plane.hpp"
#include "sim/behaviour.hpp"
#include "sim/handset.hpp"

namespace belfry::sim {

/// What every simulated phone lives in.
struct World {
  base::Loop& loop;
  gateway::media::Plane& media;
  call::Speech& speech;
  std::string audio_folder;  // of files that scripts play; empty: none
  std::string heard_folder;  // where what phones hear is kept; empty: nowhere
  std::uint64_t seed = 1;
  std::function<void(const std::string& number)> on_change;  // for the page
  call::Handsets* handsets = nullptr;                        // none: nobody holds a phone
};

/// The exchange's end of a phone's call: the endpoint of a leg.
class PhoneLine {
 public:
  virtual ~PhoneLine() = default;
  virtual const std::string& call_sid() const = 0;
  virtual void on_phone_answered() = 0;
  virtual void on_phone_ended(call::Ending ending) = 0;
};

/// One call of a simulated phone, from ringing to its end, and what it heard. After its end it is a
/// memory.
class PhoneCall final : private call::SeatListener, private HandsetOwner {
 public:
  enum class Direction { inbound, outbound };  // as the phone sees it

  PhoneCall(
      World& world, PhoneLine& line, Direction direction, std::string number, std::string other,
      std::uint64_t id
  );
  ~PhoneCall() override;

  // --- What the phone's owner, script or user does ---
  /// @return Errc::conflict when it does not ring.
  base::Result<> answer();
  base::Result<> press(const std::string& keys);
  base::Result<> say(std::string text);
  /// Declines while it rings, hangs up otherwise.
  void hang_up(call::HangupCause cause);

  // --- The person who holds the phone ---
  /// The person's handset rings with this call, if there is one and it does not do so already.
  void ring_handset();
  /// The person has dialled.
  void take_caller(const call::HandsetTelephones::Open& open);

  // --- What the exchange does ---
  /// Begins to ring and behaves. A phone that somebody holds waits for the person where it would
  /// answer by itself, and does not follow its script when the person talks.
  void begin(Behaviour behaviour);
  /// An outgoing call rings at the other end.
  void on_line_ringing();
  /// An outgoing call was answered.
  void on_line_answered(const Behaviour& behaviour);
  void on_line_ended(const call::Ending& ending);
  /// A speech that goes on in several sentences is one entry that grows.
  void on_words(const call::Words& words);

  bool over() const { return state_ == State::ended; }
  bool ringing() const { return state_ == State::ringing; }
  bool connected() const { return state_ == State::connected; }
  call::SeatId leg_seat() const { return seats_.leg; }
  /// The WAV of what it heard; empty without one.
  const std::string& heard_file() const { return heard_file_; }
  std::uint64_t id() const { return id_; }
  const std::string& call_sid() const { return call_sid_; }
  base::json::object to_json() const;

 private:
  enum class State { ringing, dialing, connected, ended };
  struct Heard {
    std::chrono::milliseconds at;
    std::string text;
  };

  void on_playback_started(call::PlaybackId) override {}
  void on_playback_finished(call::PlaybackId playback) override;
  void on_seat_digit(char digit) override;
  void on_media_timeout() override {}
  void on_speech(bool speaking) override;

  // HandsetOwner
  void on_handset_lifted() override;
  void on_handset_key(char key) override;
  void on_handset_ended(const call::Ending& ending, bool held) override;
  void drop_handset(call::HangupCause cause);
  bool is_held() const { return handset_ && handset_->held(); }

  base::Task<void> behave(Behaviour behaviour);
  base::Task<void> run_script(std::vector<ScriptStep> script);
  base::Task<void> run_step(ScriptStep step);
  base::Task<void> leave_voicemail();
  base::Task<void> play(call::Playback playback);
  base::Task<void> say_aloud(std::string text);
  base::Task<void> wait_for_silence();
  base::Task<bool> next_speech_change();
  void connect(const NetworkConditions& network);
  std::uint64_t link_seed() const;
  void end(call::Ending ending);
  void changed();

  World& world_;
  PhoneLine* line_;
  Direction direction_;
  std::string number_;
  std::string other_;
  std::uint64_t id_;
  std::string call_sid_;
  State state_;
  NetworkConditions network_;
  base::WallTime rang_at_{};
  std::optional<base::WallTime> answered_at_;
  std::optional<base::WallTime> ended_at_;
  std::string end_reason_;
  std::vector<Heard> heard_;
  std::string digits_heard_;
  std::string heard_file_;
  gateway::media::Plane::LinkedSeats seats_;
  std::unique_ptr<Handset> handset_;
  base::Event answered_;
  base::Mailbox<call::PlaybackId> played_;
  base::Mailbox<bool> speech_;
  bool speaking_ = false;    // somebody speaks to the phone now
  bool more_words_ = false;  // another sentence of the same speech follows
  bool spoken_to_ = false;   // somebody did since the last `after_speech`
  base::TaskGroup tasks_;
};

}  // namespace belfry::sim
