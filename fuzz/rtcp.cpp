// Compound RTCP of any bytes: walks to the end, reads every field, feedback too, never outside
// (rule M5). Feedback about what was never sent counts for nothing.
#include "rtp/rtcp.hpp"

#include <cstdlib>
#include <span>

#include "rtp/feedback.hpp"
#include "rtp/sent_tally.hpp"

using namespace belfry::rtp;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

std::uint64_t read_all(const ReportBlocks& blocks) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < blocks.size(); ++i) sum += blocks.at(i).highest_sequence;
  return sum;
}

std::uint64_t read_feedback(const OtherRtcp& packet) {
  std::uint64_t sum = 0;
  if (const auto nack = read_nack(packet)) {
    std::size_t numbers = 0;
    nack->visit([&](std::uint16_t number) {
      ++numbers;
      sum += number;
    });
    require(numbers >= nack->entries.size() / 4 && numbers <= nack->entries.size() / 4 * 17);
  }
  if (const auto feedback = read_transport_feedback(packet)) {
    TransportStatuses statuses(*feedback);
    std::size_t count = 0;
    while (const auto status = statuses.next()) {
      require(status->sequence == static_cast<std::uint16_t>(feedback->base_sequence + count));
      ++count;
    }
    require(count == feedback->status_count);
    SentTally tally;
    tally.handle_feedback(*feedback);
    require(!tally.take_loss());
  }
  return sum;
}

std::uint64_t read_all(const RtcpPacket& packet) {
  std::uint64_t sum = 0;
  if (const auto* sender = std::get_if<SenderReport>(&packet)) sum += read_all(sender->blocks);
  if (const auto* receiver = std::get_if<ReceiverReport>(&packet))
    sum += read_all(receiver->blocks);
  if (const auto* description = std::get_if<SourceDescription>(&packet)) {
    for (const char letter : description->cname) sum += static_cast<unsigned char>(letter);
  }
  if (const auto* goodbye = std::get_if<Goodbye>(&packet)) {
    for (const char letter : goodbye->reason) sum += static_cast<unsigned char>(letter);
    sum += goodbye->names(1) ? 1 : 0;
  }
  if (const auto* other = std::get_if<OtherRtcp>(&packet)) {
    for (const std::byte byte : other->body) sum += std::to_integer<unsigned>(byte);
    sum += read_feedback(*other);
  }
  return sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto compound = RtcpCompound::parse(std::as_bytes(std::span(data, size)));
  if (!compound) return 0;
  require(size >= 8);
  volatile std::uint64_t sum = 0;
  for (std::size_t count = 0; const auto packet = compound->next(); ++count) {
    require(count <= size / 8);
    sum = sum + read_all(*packet);
  }
  return 0;
}
