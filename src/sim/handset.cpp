#include "sim/handset.hpp"

namespace belfry::sim {

bool Handset::ring(call::Handsets& handsets, const std::string& number, const std::string& other) {
  call::EndpointListener& listener = *this;
  endpoint_ = handsets.open_handset(number, other, listener);
  if (endpoint_) endpoint_->dial();
  return endpoint_ != nullptr;
}

void Handset::take_caller(const call::HandsetTelephones::Open& open) {
  call::EndpointListener& listener = *this;
  endpoint_ = open(listener);
  dialled_ = true;
}

void Handset::ring_back() {
  if (dialled_) endpoint_->ring();
}

void Handset::connect(call::SeatId phone) {
  phone_ = phone;
  if (dialled_) endpoint_->answer();
  if (lifted_) join();
}

void Handset::hang_up(call::HangupCause cause) {
  if (!ended_) endpoint_->hang_up(cause);
}

void Handset::on_answered() {
  lifted_ = true;
  owner_.on_handset_lifted();
  if (phone_) join();
}

void Handset::on_ended(call::Ending ending) {
  ended_ = true;
  owner_.on_handset_ended(ending, held());
}

void Handset::join() {
  media_.connect(phone_, endpoint_->seat());
}

}  // namespace belfry::sim
