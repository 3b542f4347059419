#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sip/invite_session.hpp"
#include "sip/message_for_test.hpp"

/// For tests: one session, what it sends and what it tells, with the other end played by hand.
namespace belfry::sip::testing_support {

inline InviteSession::Settings settings_at(std::string_view address, std::string tag) {
  InviteSession::Settings settings;
  settings.contact = "<sip:" + std::string(address) + ":5060>";
  settings.branch = "z9hG4bK-" + tag;
  settings.local_tag = std::move(tag);
  settings.media.address = address;
  settings.media.rtp_port = 20000;
  return settings;
}

inline InviteSession::Target target_of(std::string call_id) {
  return {
      .call_id = std::move(call_id),
      .request_uri = "sip:bob@192.0.2.2",
      .from = "<sip:alice@192.0.2.1>",
      .to = "<sip:bob@192.0.2.2>",
      .headers = {},
  };
}

struct Leg {
  explicit Leg(InviteSession started) : session(std::move(started)) { drain(); }

  void drain() {
    while (auto transmit = session.poll_transmit()) {
      if (auto* request = std::get_if<SendRequest>(&*transmit)) requests.push_back(*request);
      if (auto* response = std::get_if<SendResponse>(&*transmit)) responses.push_back(*response);
      if (auto* ack = std::get_if<SendAck>(&*transmit)) acks.push_back(*ack);
      if (auto* cancel = std::get_if<SendCancel>(&*transmit)) cancels.push_back(*cancel);
    }
    while (auto event = session.poll_event()) events.push_back(*event);
  }

  /// The other end answers the newest request.
  void respond(
      int status, std::string_view tag, std::string_view sdp = {}, std::string_view lines = {},
      ChallengeFrom from = ChallengeFrom::somebody_else
  ) {
    respond_to(requests.back(), status, tag, sdp, lines, from);
  }
  void respond_to(
      const SendRequest& request, int status, std::string_view tag, std::string_view sdp = {},
      std::string_view lines = {}, ChallengeFrom from = ChallengeFrom::somebody_else
  ) {
    std::string text = "SIP/2.0 " + std::to_string(status) + " X\n";
    const auto copy = [&](HeaderId id, std::string_view more = {}) {
      text.append(to_string(id)).append(": ");
      text.append(request.message.header(id).value_or("")).append(more).append("\n");
    };
    copy(HeaderId::from);
    const bool tagged = !request.message.to_tag().empty() || tag.empty();
    copy(HeaderId::to, tagged ? std::string() : ";tag=" + std::string(tag));
    copy(HeaderId::call_id);
    copy(HeaderId::cseq);
    if (status < 300) text += "Contact: <sip:bob@192.0.2.2:5080>\n";
    if (!sdp.empty()) text += "Content-Type: application/sdp\n";
    text += lines;
    const TransactionToken token = request.transaction;
    session.handle_response(token, message(text, sdp), from, clock.now());
    drain();
  }

  /// A request of the other end within the dialog that `tag` made.
  void receive(
      std::string_view method, std::string_view tag, std::string_view body = {},
      std::string_view lines = {}
  ) {
    receive_numbered(method, ++peer_cseq, tag, body, lines);
  }
  void receive_numbered(
      std::string_view method, int cseq, std::string_view tag, std::string_view body = {},
      std::string_view lines = {}
  ) {
    std::string text(method);
    text += " sip:us@192.0.2.1 SIP/2.0\nFrom: <sip:bob@192.0.2.2>;tag=";
    text.append(tag).append("\nTo: <sip:alice@192.0.2.1>;tag=").append(session.local_tag());
    text.append("\nCall-ID: ").append(session.call_id());
    text.append("\nCSeq: ").append(std::to_string(cseq)).append(" ").append(method);
    text += "\nContact: <sip:bob@192.0.2.2:5080>\n";
    if (!body.empty() && lines.find("Content-Type") == std::string_view::npos)
      text += "Content-Type: application/sdp\n";
    text += lines;
    const Message request = message(text, body);
    if (method == "ACK")
      session.handle_ack(request, clock.now());
    else
      session.handle_request(1000 + static_cast<TransactionToken>(cseq), request, clock.now());
    drain();
  }

  void wait(base::Duration time) {
    const base::Instant until = clock.now() + time;
    for (auto next = session.next_timeout(); next && *next <= until;
         next = session.next_timeout()) {
      clock.advance_to(*next);
      session.handle_timeout(clock.now());
      drain();
    }
    clock.advance_to(until);
  }

  template <class Event>
  std::vector<Event> all() const {
    std::vector<Event> out;
    for (const SessionEvent& event : events)
      if (const auto* one = std::get_if<Event>(&event)) out.push_back(*one);
    return out;
  }
  int last_status() const { return responses.empty() ? 0 : responses.back().message.status(); }
  std::vector<std::string> sent() const {
    std::vector<std::string> out;
    for (const SendRequest& request : requests) out.emplace_back(request.message.method_name());
    return out;
  }

  base::VirtualClock clock;
  InviteSession session;
  int peer_cseq = 100;
  std::vector<SendRequest> requests;
  std::vector<SendResponse> responses;
  std::vector<SendAck> acks;
  std::vector<SendCancel> cancels;
  std::vector<SessionEvent> events;
};

inline Leg calling_leg(
    base::Random& random, InviteSession::Settings settings = settings_at("192.0.2.1", "a")
) {
  return Leg(InviteSession::outgoing(std::move(settings), target_of("call-1"), random));
}
/// Answered with PCMU; the other end has tag b.
inline Leg answered_leg(
    base::Random& random, std::string_view lines = {},
    InviteSession::Settings settings = settings_at("192.0.2.1", "a")
) {
  Leg leg = calling_leg(random, std::move(settings));
  leg.respond(200, "b", sdp_of("192.0.2.2", 30000), lines);
  return leg;
}

inline Message invite_from_bob(std::string_view sdp, std::string_view lines = {}) {
  std::string text =
      "INVITE sip:us@192.0.2.1 SIP/2.0\nFrom: <sip:bob@192.0.2.2>;tag=b\nTo: <sip:us@192.0.2.1>\n"
      "Call-ID: call-2\nCSeq: 100 INVITE\nContact: <sip:bob@192.0.2.2:5080>\n";
  if (!sdp.empty() && lines.find("Content-Type") == std::string_view::npos)
    text += "Content-Type: application/sdp\n";
  text += lines;
  return message(text, sdp);
}
inline Leg called_leg(base::Random& random, std::string_view sdp, std::string_view lines = {}) {
  return Leg(
      InviteSession::incoming(settings_at("192.0.2.1", "a"), 7, invite_from_bob(sdp, lines), random)
  );
}

}  // namespace belfry::sip::testing_support
