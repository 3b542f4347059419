#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/random.hpp"
#include "base/time.hpp"
#include "call/media.hpp"
#include "gateway/media/wire.hpp"
#include "rtp/statistics.hpp"

namespace belfry::gateway::sip {

/// Sends one track of a call as G.711 in packets of 20 ms, with an RTCP sender report at the
/// beginning and each 5 s, by which a recorder lines up several tracks (RFC 3550 section 6.4.1).
/// Timestamps follow the call's clock: a piece that is missing is a gap in them, marked as
/// RFC 3551 section 4.1 says, and they never go back. Nothing that comes in is read. One thread.
class TrackSender {
 public:
  static constexpr base::Duration report_interval = std::chrono::seconds(5);

  TrackSender(
      call::Track track, std::unique_ptr<media::Wire> wire, std::string canonical_name,
      base::Random& random
  );

  call::Track track() const { return track_; }
  /// What the other side takes; again whenever it changes. `codec` is pcmu or pcma.
  void set_terms(const media::MediaTerms& terms, base::Instant now);
  /// Nothing is sent until the next terms.
  void pause() { sends_ = false; }
  /// @param since_start on the clock that all tracks of the call share
  void send(
      base::Duration since_start, std::span<const std::int16_t> samples, base::Instant now,
      base::WallTime wall_now
  );
  /// RTCP BYE, when anything was sent. The last thing.
  void finish(base::Instant now, base::WallTime wall_now);

 private:
  void report(base::Instant now, base::WallTime wall_now, bool last);

  call::Track track_;
  std::unique_ptr<media::Wire> wire_;
  std::string canonical_name_;
  std::uint32_t ssrc_;
  std::uint16_t sequence_;
  std::uint32_t first_timestamp_;
  media::MediaTerms terms_;
  bool sends_ = false;
  std::optional<std::int64_t> next_sample_;  // since the start, when there was a packet
  rtp::SendStatistics statistics_;
  std::optional<base::Instant> reported_;
};

}  // namespace belfry::gateway::sip
