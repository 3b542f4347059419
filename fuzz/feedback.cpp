// Packets that come, get lost, come late or twice, and clock steps into the machines of RTCP
// feedback (rule M7): what is told of arrivals is what came, and is read back; what is asked for is
// bounded and in order; what is sent again is what went out, and never more than that.
#include <algorithm>
#include <cstdlib>
#include <set>
#include <vector>

#include "base/bytes.hpp"
#include "rtp/arrival_log.hpp"
#include "rtp/missing_packets.hpp"
#include "rtp/packet.hpp"
#include "rtp/sent_history.hpp"
#include "rtp/sent_tally.hpp"

namespace {

using namespace belfry;
using namespace belfry::rtp;

void require(bool holds) {
  if (!holds) std::abort();
}

class Run {
 public:
  explicit Run(std::span<const std::byte> input) : input_(input) {}

  void go() {
    while (input_.left() > 0) step(input_.u8());
    report();
  }

 private:
  void step(std::uint8_t what) {
    const auto number = static_cast<std::uint16_t>(what >> 3U);
    switch (what & 7U) {
      case 0:
        now_ += std::chrono::milliseconds(number * number);
        return;
      case 1:
        return receive(static_cast<std::uint16_t>(newest_ - number));
      case 2:
        return receive(static_cast<std::uint16_t>(newest_ + number));
      case 3:
        return receive(input_.u16());
      case 4:
        return send(12 + std::size_t{number} * 40);
      case 5:
        return repeat(static_cast<std::uint16_t>(next_ - number));
      case 6:
        return ask(std::chrono::milliseconds(number * 4));
      default:
        return report();
    }
  }

  void receive(std::uint16_t sequence) {
    newest_ = sequence;
    came_.insert(sequence);
    arrivals_.handle_packet(sequence, now_);
    missing_.handle_packet(sequence, now_);
  }

  void report() {
    std::array<std::byte, 1000> buffer;
    RtcpWriter writer(buffer);
    arrivals_.write(writer, 1, 2, now_);
    if (writer.written().empty()) return;
    auto compound = RtcpCompound::parse(writer.written());
    require(compound.has_value());
    const auto packet = compound->next();
    require(packet.has_value());
    const auto feedback = read_transport_feedback(std::get<OtherRtcp>(*packet));
    require(feedback && feedback->status_count <= ArrivalLog::capacity);
    TransportStatuses statuses(*feedback);
    while (const auto status = statuses.next())
      require(!status->arrived || came_.contains(status->sequence));
    tally_.handle_feedback(*feedback);
    const auto loss = tally_.take_loss();
    require(!loss || (*loss >= 0 && *loss <= 1));
  }

  void ask(base::Duration round_trip) {
    const auto numbers = missing_.ask(round_trip, std::chrono::milliseconds(200), now_);
    require(numbers.size() <= MissingPackets::most);
    for (std::size_t i = 1; i < numbers.size(); ++i) require(is_newer(numbers[i], numbers[i - 1]));
  }

  void send(std::size_t size) {
    std::vector<std::byte> packet(size, static_cast<std::byte>(next_));
    write_header({false, 0, next_++, 0, 1}, packet);
    history_.keep(packet, now_);
    tally_.next_number();
    sent_bytes_ += size;
  }

  void repeat(std::uint16_t sequence) {
    const auto packet = history_.find(sequence, now_);
    if (packet.empty()) return;
    const auto view = parse_packet(packet);
    require(view && view->sequence == sequence);
    require(std::ranges::all_of(view->payload, [&](std::byte byte) {
      return byte == static_cast<std::byte>(sequence);
    }));
    repeated_bytes_ += packet.size();
    require(repeated_bytes_ <= sent_bytes_);
  }

  base::ByteReader input_;
  base::Instant now_{std::chrono::seconds(1)};
  std::uint16_t newest_ = 65530, next_ = 65530;
  std::set<std::uint16_t> came_;
  std::size_t sent_bytes_ = 0, repeated_bytes_ = 0;
  ArrivalLog arrivals_;
  MissingPackets missing_;
  SentHistory history_;
  SentTally tally_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Run(std::as_bytes(std::span(data, std::min<std::size_t>(size, 4096)))).go();
  return 0;
}
