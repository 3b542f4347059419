// RTP and telephone-event parsing of any bytes: spans stay inside the datagram, the accounting of
// lengths is exact (rule M5).
#include "rtp/packet.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/time.hpp"
#include "rtp/statistics.hpp"
#include "rtp/telephone_event.hpp"

using namespace belfry::rtp;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto datagram = std::as_bytes(std::span(data, size));
  static_cast<void>(is_rtcp(datagram));
  const auto packet = parse_packet(datagram);
  if (!packet) return 0;
  require(packet->header_size >= header_size && packet->header_size <= size);
  require(packet->payload.size() <= size - packet->header_size);
  require(packet->payload.empty() || packet->payload.data() >= datagram.data() + header_size);
  for (unsigned id = 0; id <= 255; ++id) {
    const auto found = find_extension(*packet, static_cast<std::uint8_t>(id));
    if (!found || found->empty()) continue;
    require(found->data() >= packet->extension.data());
    require(found->data() + found->size() <= packet->extension.data() + packet->extension.size());
  }
  ReceiveStatistics statistics(8000);
  DigitReceiver digits;
  belfry::base::Instant now{std::chrono::hours(1)};
  for (auto rest = packet->payload; rest.size() >= 8; rest = rest.subspan(8)) {
    belfry::base::ByteReader reader(rest);
    const std::uint32_t timestamp = reader.u32();
    now += std::chrono::milliseconds(timestamp & 0xFF);
    statistics.handle_packet(static_cast<std::uint16_t>(timestamp >> 8), timestamp, now);
    digits.handle_packet(timestamp, reader.rest().first(4), now);
    for (int events = 0; digits.poll_event(); ++events) require(events < 4);
  }
  static_cast<void>(statistics.report(1, now));
  return 0;
}
