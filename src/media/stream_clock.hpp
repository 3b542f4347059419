#pragma once
#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace belfry::media {

/// Says when the samples of an RTP stream were sent, in our time: from its timestamps, and from the
/// arrival of those packets that the network held up least. So what two parties say at the same
/// moment gets the same time, whatever jitter their packets met and however long a jitter buffer
/// keeps them. A sender whose clock runs fast or slow is followed in steps of less than a
/// millisecond, which `drift` adds up. What comes late for seconds moves little: the steps grow
/// only after a while, so that 6 s of 30 ms move it by 1 ms, and a way that has become that much
/// longer is followed within half a minute. Reads no clock; one thread; no allocation.
class StreamClock {
 public:
  /// @param clock_hz of the RTP timestamps
  explicit StreamClock(std::uint32_t clock_hz = 8000) : clock_hz_(clock_hz) {}

  /// A new SSRC, or a timestamp more than a second off, begins anew.
  void handle_packet(std::uint32_t ssrc, std::uint32_t timestamp, base::Instant arrived);
  /// Nothing before the first packet.
  std::optional<base::Instant> time_of(std::uint32_t timestamp) const;
  /// How far the sender's clock ran ahead of ours since the beginning.
  base::Duration drift() const { return drift_; }
  void reset();

 private:
  base::Duration distance(std::uint32_t timestamp) const;
  void begin(std::uint32_t ssrc, std::uint32_t timestamp, base::Instant arrived);
  void close_window(base::Instant now);

  std::uint32_t clock_hz_;
  bool started_ = false;
  std::uint32_t ssrc_ = 0;
  std::uint32_t reference_ = 0;   // a timestamp ...
  base::Instant reference_at_{};  // ... and its time
  base::Instant settled_at_{};    // from then on a shift is drift
  base::Instant window_ends_{};
  std::optional<base::Duration> least_late_;         // in this window
  std::optional<base::Duration> least_late_before_;  // in the one before
  int late_windows_ = 0;                             // one after the other
  base::Duration drift_{0};
};

}  // namespace belfry::media
