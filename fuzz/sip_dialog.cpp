// Requests, responses, lost transactions, clock steps and our own verbs against one invite session,
// called or calling. Input: a byte says what happens, what follows it says with what.
// Holds: the end is told once and last, the outbox stays small, and when nobody answers any more
// the session ends by itself.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/encoding.hpp"
#include "sip/invite_session.hpp"

namespace {

using namespace belfry;
using namespace belfry::sip;
using namespace std::chrono_literals;

void require(bool holds) {
  if (!holds) std::abort();
}

const std::array<std::string, 5> bodies = {
    "",
    "v=0\r\no=- 7 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\nm=audio 30000 "
    "RTP/AVP 0\r\n",
    "v=0\r\no=- 7 2 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=audio 30000 RTP/AVP "
    "8 0\r\n",
    "v=0\r\no=- 7 3 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\nm=audio 0 RTP/AVP "
    "0\r\n",
    "not sdp",
};
const std::array<std::string, 4> tags = {"b", "c", "d", ""};
const std::array<std::string, 8> methods = {"INVITE", "ACK",     "BYE",   "UPDATE",
                                            "INFO",   "OPTIONS", "REFER", "DANCE"};
const std::array<int, 16> statuses = {100, 180, 183, 199, 200, 202, 302, 401,
                                      407, 408, 422, 481, 486, 491, 500, 603};
const std::array<std::pair<HeaderId, std::string>, 8> extras = {{
    {HeaderId::user_agent, "x"},
    {HeaderId::session_expires, "90;refresher=uas"},
    {HeaderId::session_expires, "20"},
    {HeaderId::min_se, "3600"},
    {HeaderId::retry_after, "3"},
    {HeaderId::www_authenticate, "Digest realm=\"t\", nonce=\"n\", qop=\"auth\", stale=true"},
    {HeaderId::require, "100rel"},
    {HeaderId::record_route, "<sip:p.example>, <sip:q.example;lr>"},
}};

InviteSession::Settings settings() {
  InviteSession::Settings ours;
  ours.local_tag = "a";
  ours.branch = "z9hG4bK-a";
  ours.contact = "<sip:192.0.2.1>";
  ours.media.address = "192.0.2.1";
  ours.media.rtp_port = 4000;
  ours.credentials = {{.username = "u", .password = "p", .realm = "t"}};
  return ours;
}

class Run {
 public:
  Run(const std::uint8_t* data, std::size_t size)
      : input_(std::as_bytes(std::span(data, size))), session_(start()) {
    drain();
  }

  void go() {
    while (input_.left() > 0) {
      step(input_.u8());
      drain();
    }
    session_.hang_up();
    drain();
    for (int i = 0; i < 1000 && session_.state() != InviteSession::State::ended; ++i) {
      for (const SendRequest& request : std::exchange(open_, {}))
        session_.handle_failure(request.transaction, 408, clock_.now());
      if (const auto next = session_.next_timeout()) clock_.advance_to(*next);
      session_.handle_timeout(clock_.now());
      drain();
    }
    require(session_.state() == InviteSession::State::ended && ended_);
    clock_.advance(1h);
    require(session_.finished(clock_.now()) && !session_.next_timeout());
  }

 private:
  InviteSession start() {
    const std::uint8_t how = input_.u8();
    if (how & 1U)
      return InviteSession::outgoing(
          settings(),
          {.call_id = "call", .request_uri = "sip:b@x", .from = "<sip:a@x>", .to = "<sip:b@x>"},
          random_
      );
    return InviteSession::incoming(settings(), 7, request("INVITE", 10, how >> 1U, ""), random_);
  }

  Message request(
      const std::string& method, std::uint32_t cseq, unsigned what, std::string to_tag
  ) {
    const std::string& body = bodies[what % bodies.size()];
    const auto& [id, value] = extras[what / 5 % extras.size()];
    MessageBuilder out = MessageBuilder::request(method, "sip:a@192.0.2.1");
    out.add(HeaderId::via, "SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKx")
        .add(HeaderId::from, "<sip:b@x>;tag=" + tags[what / 40 % tags.size()])
        .add(HeaderId::to, "<sip:a@x>" + (to_tag.empty() ? "" : ";tag=" + to_tag))
        .add(HeaderId::call_id, "call")
        .add(HeaderId::cseq, std::to_string(cseq) + ' ' + method)
        .add(HeaderId::contact, "<sip:b@192.0.2.2>")
        .add(HeaderId::supported, "timer")
        .add(id, value);
    if (!body.empty()) out.body(method == "INFO" ? "application/dtmf" : "application/sdp", body);
    return out.build();
  }

  void step(std::uint8_t what) {
    switch (what & 7U) {
      case 0:
        return verb(what >> 3U);
      case 1:
      case 2:
        return respond(what >> 3U);
      case 3:
      case 4:
        return receive(what >> 3U);
      case 5: {
        clock_.advance(std::chrono::milliseconds(input_.u8()) * (what >> 3U) * 10);
        return session_.handle_timeout(clock_.now());
      }
      case 6:
        if (!open_.empty()) {
          session_.handle_failure(open_.back().transaction, what & 8U ? 408 : 503, clock_.now());
          open_.pop_back();
        }
        return;
      default:
        return raw();
    }
  }

  void verb(unsigned what) {
    switch (what & 7U) {
      case 0:
        return session_.ring(clock_.now());
      case 1:
        return session_.early_media(clock_.now());
      case 2:
        return session_.answer(clock_.now());
      case 3:
        return session_.reject(486);
      case 4:
        return session_.hang_up("SIP;cause=200");
      case 5:
        return session_.set_direction(sdp::Direction::sendonly, clock_.now());
      case 6:
        return session_.set_direction(sdp::Direction::sendrecv, clock_.now());
      default:
        return session_.handle_cancel(request("CANCEL", 10, 0, ""));
    }
  }

  void respond(unsigned which) {
    if (seen_.empty()) return;
    const SendRequest& to = seen_[seen_.size() - 1 - which % seen_.size()];
    const int status = statuses[input_.u8() % statuses.size()];
    const unsigned what = input_.u8();
    const std::string& body = bodies[what % bodies.size()];
    const auto& [id, value] = extras[what / 5 % extras.size()];
    MessageBuilder out = response_to(to.message, status, tags[what / 40 % 3]);
    out.add(HeaderId::contact, "<sip:b@192.0.2.2>").add(id, value);
    if (!body.empty()) out.body("application/sdp", body);
    const TransactionToken token = to.transaction;
    std::erase_if(open_, [&](const SendRequest& one) {
      return one.transaction == token && status >= 200;
    });
    session_.handle_response(token, out.build(), ChallengeFrom::configured_trunk, clock_.now());
  }

  void receive(unsigned which) {
    const std::string& method = methods[which % methods.size()];
    const Message message = request(method, 10 + input_.u8(), input_.u8(), "a");
    if (method == "ACK") return session_.handle_ack(message, clock_.now());
    session_.handle_request(100 + ++tokens_, message, clock_.now());
  }

  void raw() {
    const auto length = std::min<std::size_t>(input_.u16(), input_.left());
    const Parsed parsed = parse(base::as_text(input_.take(length)), Framing::datagram);
    if (parsed.kind != Parsed::Kind::message) return;
    if (parsed.message.is_request())
      session_.handle_request(100 + ++tokens_, parsed.message, clock_.now());
    else
      session_.handle_response(1, parsed.message, ChallengeFrom::somebody_else, clock_.now());
  }

  void drain() {
    int sent = 0;
    while (auto transmit = session_.poll_transmit()) {
      require(++sent <= 64);
      auto* request = std::get_if<SendRequest>(&*transmit);
      if (request == nullptr) continue;
      open_.push_back(*request);
      seen_.push_back(std::move(*request));
      if (seen_.size() > 32) seen_.erase(seen_.begin());
    }
    while (const auto event = session_.poll_event()) {
      require(!ended_);
      ended_ = std::holds_alternative<Ended>(*event);
    }
  }

  base::ByteReader input_;
  base::VirtualClock clock_;
  base::SeededRandom random_{1};
  InviteSession session_;
  std::vector<SendRequest> open_, seen_;
  TransactionToken tokens_ = 0;
  bool ended_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size > 4096) return 0;
  Run(bytes, size).go();
  return 0;
}
