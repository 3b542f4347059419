// Messages, answers, cancels and clock steps against the transaction layer, and the same bytes
// against the stream framer. Input: a byte says what happens, what follows it says with what.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/encoding.hpp"
#include "sip/stream_framer.hpp"
#include "sip/transaction_layer.hpp"

namespace {

using namespace belfry;
using namespace belfry::sip;
using namespace std::chrono_literals;

void require(bool holds) {
  if (!holds) std::abort();
}

class Run {
 public:
  Run(const std::uint8_t* data, std::size_t size)
      : input_(std::as_bytes(std::span(data, size))), layer_(settings(), random_) {}

  void go() {
    while (input_.left() > 0) {
      step(input_.u8());
      drain();
    }
    for (int i = 0; i < 10000 && layer_.next_timeout(); ++i) {
      clock_.advance_to(*layer_.next_timeout());
      layer_.handle_timeout(clock_.now());
      drain();
      for (const RequestArrived& open : requests_) answer(open, 500);
      requests_.clear();
    }
    require(!layer_.next_timeout());
    clock_.advance(1h);
    layer_.handle_timeout(clock_.now());
    require(layer_.server_count() <= 16);
  }

 private:
  static TransactionLayer::Settings settings() {
    TransactionLayer::Settings ours;
    ours.tag_key = "fuzz";
    ours.limits.servers = 8;
    ours.limits.servers_per_peer = 4;
    ours.limits.clients = 8;
    return ours;
  }

  void step(std::uint8_t what) {
    flow_.transport = what & 0x80U ? Transport::tcp : Transport::udp;
    switch (what & 7U) {
      case 0:
        return receive(base::as_text(input_.take(std::min<std::size_t>(input_.u16(), input_.left()))
        ));
      case 1:
        clock_.advance(std::chrono::milliseconds(input_.u16()));
        return layer_.handle_timeout(clock_.now());
      case 2:
        if (!requests_.empty()) answer(requests_.back(), 100 + input_.u8() * 3 % 600);
        return;
      case 3:
        return send(input_.u8() & 1U ? Method::invite : Method::options);
      case 4:
        if (!sent_.empty())
          receive(response_to(last_sent_, 100 + input_.u8() * 3 % 600, "t").build().text());
        return;
      case 5:
        if (!sent_.empty()) layer_.cancel(sent_.back(), clock_.now());
        return;
      case 6:
        return layer_.handle_transport_failure(flow_, clock_.now());
      case 7:
        if (!requests_.empty()) repeat(requests_.back().request, input_.u8());
        return;
    }
  }

  void receive(std::string_view text) {
    layer_.handle_datagram(base::as_bytes(text), flow_, clock_.now());
    framer_.handle_bytes(base::as_bytes(text), clock_.now());
    while (framer_.poll_message()) {
    }
  }

  void repeat(const Message& request, std::uint8_t how) {
    if (how & 1U) return receive(std::string(request.text()));
    const auto cseq = request.cseq();
    const std::string_view method = how & 2U ? "ACK" : "CANCEL";
    MessageBuilder builder = MessageBuilder::request(method, request.request_uri_text());
    for (const HeaderId id : {HeaderId::via, HeaderId::from, HeaderId::to, HeaderId::call_id})
      builder.copy(request, id);
    builder.add(HeaderId::cseq, std::to_string(cseq->number) + ' ' + std::string(method));
    receive(builder.build().text());
  }

  void answer(const RequestArrived& arrived, int status) {
    layer_.respond(
        arrived.transaction, response_to(arrived.request, status, "tag").build(), clock_.now()
    );
  }

  void send(Method method) {
    MessageBuilder builder = MessageBuilder::request(to_string(method), "sip:a@b");
    builder.add(HeaderId::from, "<sip:a@b>;tag=1").add(HeaderId::to, "<sip:a@b>");
    builder.add(HeaderId::call_id, "c").add(HeaderId::cseq, "1 " + std::string(to_string(method)));
    if (const auto id = layer_.send_request(builder.build(), flow_, clock_.now()))
      sent_.push_back(*id);
  }

  void drain() {
    while (auto event = layer_.poll_event())
      if (auto* arrived = std::get_if<RequestArrived>(&*event))
        requests_.push_back(std::move(*arrived));
    while (const auto out = layer_.poll_transmit()) {
      const Parsed parsed = parse(out->bytes, Framing::stream);
      require(out->bytes.size() > max_stream_message || !out->bytes.empty());
      if (parsed.kind == Parsed::Kind::message && parsed.message.is_request())
        last_sent_ = parsed.message;
    }
    require(layer_.server_count() <= 16);
    require(layer_.client_count() <= 16);
  }

  base::ByteReader input_;
  base::VirtualClock clock_;
  base::SeededRandom random_{1};
  TransactionLayer layer_;
  StreamFramer framer_;
  Flow flow_{Transport::udp, {"192.0.2.1", 5060}, {"192.0.2.9", 5060}, 0};
  std::vector<RequestArrived> requests_;
  std::vector<ClientId> sent_;
  Message last_sent_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Run(data, size).go();
  return 0;
}
