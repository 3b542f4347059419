#pragma once
#include "call/leg.hpp"
#include "call/recognition.hpp"

namespace belfry::call {

/// Ears on a leg: what its party says (inbound) or hears (outbound) goes to a recogniser for as
/// long as this lives. The leg's seat outlives it or is told of its end; so do media plane and
/// listener. Control thread.
class LegEars final : public Ears, private AudioTap {
 public:
  /// @param track inbound or outbound. @return Errc::unavailable when there is no recogniser or it
  /// has no room, Errc::unsupported for the language.
  static base::Result<std::unique_ptr<LegEars>> open(
      Leg& leg, Track track, RecognitionTerms terms, RecognitionListener& listener
  );
  LegEars(const LegEars&) = delete;
  LegEars& operator=(const LegEars&) = delete;
  ~LegEars() override;

  void finish() override;

 private:
  LegEars(MediaPlane& media, RecognitionListener& listener) : media_(media), listener_(listener) {}
  void on_audio(Track track, base::Duration since_start, std::span<const std::int16_t> samples)
      override;

  MediaPlane& media_;
  RecognitionListener& listener_;
  bool speaking_ = false;
  TapId tap_;
  std::unique_ptr<RecognitionStream> stream_;
};

}  // namespace belfry::call
