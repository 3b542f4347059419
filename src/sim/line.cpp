#include "sim/line.hpp"

namespace belfry::sim {

Line::Line(
    World& world, Phone& phone, std::string call_sid, std::string caller,
    call::EndpointListener& listener
)
    : world_(world),
      phone_(phone),
      call_sid_(std::move(call_sid)),
      caller_(std::move(caller)),
      listener_(listener) {}

std::unique_ptr<Line> Line::outgoing(
    World& world, Phone& phone, std::string call_sid, const std::string& to,
    call::EndpointListener& listener, const call::HandsetTelephones::Open& handset
) {
  auto line = std::make_unique<Line>(world, phone, std::move(call_sid), phone.number(), listener);
  line->call_ = &phone.dial(*line, to, handset);
  return line;
}

Line::~Line() {
  *alive_ = false;
  if (call_ != nullptr && !ended_)
    call_->on_line_ended({call::HangupCause::failed, 0, "the line was cut"});
}

void Line::later(base::Work work) {
  world_.loop.post([alive = alive_, work = std::move(work)]() mutable {
    if (*alive) work();
  });
}

void Line::dial() {
  later([this] {
    if (ended_) return;  // hung up meanwhile
    const Behaviour& behaviour = phone_.behaviour();
    if (behaviour.on_call == Behaviour::OnCall::unreachable) {
      return end({call::HangupCause::unreachable, 404, "the number is unreachable"});
    }
    if (phone_.current() != nullptr || behaviour.on_call == Behaviour::OnCall::busy) {
      return end({call::HangupCause::busy, 486, "the phone is busy"});
    }
    call_ = &phone_.ring(*this, caller_);
    later([this] { listener_.on_ringing(); });
  });
}

/// A caller's phone plays its own ringing; a person who dialled hears it at the handset.
void Line::ring() {
  if (call_ != nullptr && !ended_) call_->on_line_ringing();
}

void Line::answer() {
  if (call_ == nullptr || ended_ || call_->connected()) return;
  call_->on_line_answered(phone_.behaviour());
  later([this] { listener_.on_answered(); });
}

void Line::hang_up(call::HangupCause cause) {
  if (ended_) return;
  end({cause, 0, std::string(to_string(cause))});
}

void Line::on_words(const call::Words& words) {
  if (call_ != nullptr && !ended_) call_->on_words(words);
}

void Line::on_phone_answered() {
  later([this] { listener_.on_answered(); });
}

void Line::on_phone_ended(call::Ending ending) {
  end(std::move(ending));
}

void Line::end(call::Ending ending) {
  if (ended_) return;
  ended_ = true;
  if (PhoneCall* call = std::exchange(call_, nullptr)) call->on_line_ended(ending);
  later([this, ending = std::move(ending)] { listener_.on_ended(ending); });
}

}  // namespace belfry::sim
