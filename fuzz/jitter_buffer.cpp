// The jitter buffer under any packets, any timing: never out of bounds, never more than one second
// ahead (rule M7), every packet accounted for once.
#include "media/jitter_buffer.hpp"

#include <array>
#include <cstdlib>

#include "base/bytes.hpp"

using belfry::base::ByteReader;
using belfry::base::Duration;
using belfry::base::Instant;
using namespace belfry::media;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader input(std::as_bytes(std::span(data, size)));
  JitterBuffer::Settings settings;
  const std::uint8_t options = input.u8();
  settings.linear = (options & 1) != 0;
  settings.clock_hz = (options & 2) != 0 ? 48000 : 8000;
  settings.capacity = (options & 4) != 0 ? 8 : 64;
  JitterBuffer buffer(settings);
  Instant now{std::chrono::hours(1)};
  std::uint64_t given = 0, popped = 0;
  constexpr std::array<std::byte, 1500> content{};
  while (input.left() > 0) {
    const std::uint8_t step = input.u8();
    now += Duration{std::chrono::milliseconds(step & 0x3F)};
    if ((step & 0xC0) == 0) {
      const auto out = buffer.pop(now);
      ++popped;
      if (const auto* frame = std::get_if<EncodedFrame>(&out))
        require(!frame->payload.empty() && frame->payload.size() <= 960);
    } else if ((step & 0xC0) == 0x40) {
      buffer.skip(input.u16());
    } else {
      IncomingPacket packet;
      const std::uint8_t kind = input.u8();
      packet.ssrc = kind & 1;
      packet.sequence = input.u16();
      packet.timestamp = (kind & 2) != 0 ? input.u32() : packet.sequence * 160u;
      packet.payload_type = kind >> 2 & 1;
      packet.payload = std::span(content).first((kind & 8) != 0 ? input.u16() % 1500 : 160);
      buffer.insert(packet, now);
      ++given;
    }
  }
  const auto& counters = buffer.counters();
  require(counters.inserted + counters.late + counters.duplicates + counters.refused == given);
  require(counters.lost + counters.stretched <= popped);
  require(buffer.target_delay() <= std::chrono::seconds(1));
  return 0;
}
