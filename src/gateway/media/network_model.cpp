#include "gateway/media/network_model.hpp"

namespace belfry::gateway::media {
namespace {

constexpr std::size_t max_packet = 512;
constexpr std::size_t max_under_way = 64;

struct Packet {
  base::Instant arrives{};
  std::uint64_t number = 0;
  PacketKind kind = PacketKind::rtp;
  std::size_t size = 0;  // 0: the slot is free
  std::array<std::byte, max_packet> bytes;
};

/// One direction.
class Link {
 public:
  Link(LinkQuality quality, std::uint64_t seed)
      : quality_(quality), random_(seed), packets_(max_under_way) {}

  void send(PacketKind kind, std::span<const std::byte> bytes, base::Instant now) {
    const bool lost = random_.unit() < quality_.loss;
    const base::Duration late{
        static_cast<std::int64_t>(random_.unit() * static_cast<double>(quality_.jitter.count()))
    };
    if (lost || quality_.blocked || bytes.empty() || bytes.size() > max_packet) return;
    const auto slot = std::ranges::find(packets_, 0U, &Packet::size);
    if (slot == packets_.end()) return;
    slot->arrives = now + quality_.delay + late;
    slot->number = ++sent_;
    slot->kind = kind;
    slot->size = bytes.size();
    std::ranges::copy(bytes, slot->bytes.begin());
  }

  void note_speech() { has_spoken_ = true; }
  bool has_spoken() const { return has_spoken_; }

  void receive(base::Instant now, PacketSink& sink) {
    while (true) {
      Packet* next = nullptr;
      for (Packet& packet : packets_) {
        if (packet.size == 0 || packet.arrives > now) continue;
        if (next == nullptr ||
            std::pair(packet.arrives, packet.number) < std::pair(next->arrives, next->number)) {
          next = &packet;
        }
      }
      if (next == nullptr) return;
      sink.on_packet(next->kind, std::span(next->bytes).first(next->size), next->arrives);
      next->size = 0;
    }
  }

 private:
  LinkQuality quality_;
  base::SeededRandom random_;
  std::vector<Packet> packets_;
  std::uint64_t sent_ = 0;
  bool has_spoken_ = false;
};

class ModelledWire final : public Wire {
 public:
  // The links are shared by the two ends, which may go at different times.
  ModelledWire(std::shared_ptr<Link> out, std::shared_ptr<Link> in)
      : out_(std::move(out)), in_(std::move(in)) {}
  void send(PacketKind kind, std::span<const std::byte> bytes, base::Instant now) override {
    out_->send(kind, bytes, now);
  }
  void note_speech() override { out_->note_speech(); }
  void receive(base::Instant now, PacketSink& sink) override { in_->receive(now, sink); }
  void apply(const MediaTerms&, base::Instant) override {}
  WireCounters counters() const override {
    WireCounters counters;
    counters.listens_only = !in_->has_spoken();
    return counters;
  }

 private:
  std::shared_ptr<Link> out_;
  std::shared_ptr<Link> in_;
};

}  // namespace

std::pair<std::unique_ptr<Wire>, std::unique_ptr<Wire>> make_modelled_network(
    LinkQuality first_to_second, LinkQuality second_to_first, std::uint64_t seed
) {
  auto forth = std::make_shared<Link>(first_to_second, seed);
  auto back = std::make_shared<Link>(second_to_first, ~seed);
  return {std::make_unique<ModelledWire>(forth, back), std::make_unique<ModelledWire>(back, forth)};
}

}  // namespace belfry::gateway::media
