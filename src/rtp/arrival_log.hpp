#pragma once
#include <array>
#include <optional>

#include "rtp/feedback.hpp"

namespace belfry::rtp {

/// When the packets of a transport came, for feedback to who sent them: at most every 80 ms, while
/// some come. One that comes after it was told missing is told again. One thread, no allocation.
class ArrivalLog {
 public:
  static constexpr base::Duration interval = std::chrono::milliseconds(80);
  static constexpr std::size_t capacity = 128;  // numbers back from the newest; older ones are gone

  /// @param sequence of the transport, from the packet's header extension
  void handle_packet(std::uint16_t sequence, base::Instant arrived);
  bool due(base::Instant now) const { return next_ <= newest_ && now >= next_time_; }
  /// What was not told yet; nothing when that is nothing.
  void write(RtcpWriter& writer, std::uint32_t sender, std::uint32_t source, base::Instant now);

 private:
  struct Arrival {
    std::int64_t sequence = -1;
    base::Instant at{};
  };
  const Arrival* find(std::int64_t sequence) const;

  std::array<Arrival, capacity> arrivals_{};
  std::int64_t newest_ = -1;  // extended numbers; -1: none came
  std::int64_t next_ = 0;     // the first that was not told
  base::Instant next_time_{};
  std::uint8_t number_ = 0;
};

}  // namespace belfry::rtp
