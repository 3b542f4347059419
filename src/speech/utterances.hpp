#pragma once
#include <optional>
#include <vector>

#include "media/frame.hpp"
#include "media/level.hpp"

namespace belfry::speech {

/// Cuts what a party says into utterances: speech with a little before and after it, ended by a
/// pause or, when somebody does not stop, after `longest`. No I/O, reads no clock.
class Utterances {
 public:
  static constexpr base::Duration longest = std::chrono::seconds(15);

  /// What is to be understood, in order.
  struct Piece {
    std::vector<media::Sample> samples;  // 8 kHz
    bool ends = false;                   // behind it the utterance is over
  };

  explicit Utterances(base::Duration pause);

  /// 20 ms at 8 kHz.
  void handle_frame(media::ConstSamples frame);
  /// No more comes.
  void finish();
  /// Up to an utterance's end at most; nothing when there is nothing new.
  std::optional<Piece> take();
  bool is_speaking() const { return speaking_; }
  base::Duration waiting() const;
  bool has_end() const;
  /// Forgets what waits; the utterance goes on with what comes. @return how much it was.
  base::Duration drop();

 private:
  void append(media::ConstSamples frame);
  void end();

  base::Duration pause_;
  media::VoiceActivity activity_{media::narrowband};
  bool speaking_ = false;
  bool open_ = false;  // an utterance has begun
  base::Duration length_{0};
  std::vector<media::Sample> before_;  // the last moments of silence
  std::vector<Piece> pieces_;
};

}  // namespace belfry::speech
