#pragma once
#include "call/endpoint.hpp"
#include "sim/phone.hpp"

namespace belfry::sim {

/// A leg's connection to a simulated phone, in either direction. Signals travel on later turns of
/// the loop, as on a network. Control thread.
class Line final : public call::Endpoint, private PhoneLine {
 public:
  /// Exchange to phone: rings it on `dial`.
  Line(
      World& world, Phone& phone, std::string call_sid, std::string caller,
      call::EndpointListener& listener
  );
  /// Phone to exchange: `phone` dials `to`. @param handset see Phone::dial
  static std::unique_ptr<Line> outgoing(
      World& world, Phone& phone, std::string call_sid, const std::string& to,
      call::EndpointListener& listener, const call::HandsetTelephones::Open& handset
  );
  ~Line() override;

  void dial() override;
  void ring() override;
  void answer() override;
  void hang_up(call::HangupCause cause) override;
  call::SeatId seat() const override {
    return call_ != nullptr ? call_->leg_seat() : call::SeatId{};
  }
  void on_words(const call::Words& words) override;
  std::string_view kind() const override { return "simulator"; }

 private:
  const std::string& call_sid() const override { return call_sid_; }
  void on_phone_answered() override;
  void on_phone_ended(call::Ending ending) override;
  void end(call::Ending ending);
  /// Runs later, unless the line is gone by then.
  void later(base::Work work);

  World& world_;
  Phone& phone_;
  std::string call_sid_;
  std::string caller_;
  call::EndpointListener& listener_;
  PhoneCall* call_ = nullptr;
  bool ended_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // shared with posted work
};

}  // namespace belfry::sim
