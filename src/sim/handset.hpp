#pragma once
#include <memory>

#include "call/handset.hpp"
#include "call/media.hpp"

namespace belfry::sim {

/// What a phone's call is told by the person who holds it.
class HandsetOwner {
 public:
  virtual ~HandsetOwner() = default;
  /// The person has picked it up.
  virtual void on_handset_lifted() = 0;
  virtual void on_handset_key(char key) = 0;
  /// It is gone; may destroy it. @param held the person was in this call or had begun it
  virtual void on_handset_ended(const call::Ending& ending, bool held) = 0;
};

/// A person's end of a phone's call: the endpoint that rings with the phone, or that dialled with
/// it. What the phone hears is heard there, and what is said there the phone says. Destroying it
/// without `hang_up` says nothing to the person. Control thread.
class Handset final : private call::EndpointListener {
 public:
  Handset(call::MediaPlane& media, HandsetOwner& owner) : media_(media), owner_(owner) {}

  /// Rings. @return false when there is nobody to ring.
  bool ring(call::Handsets& handsets, const std::string& number, const std::string& other);
  /// The person has dialled with this endpoint.
  void take_caller(const call::HandsetTelephones::Open& open);
  /// The called party rings: the person hears it.
  void ring_back();
  /// The phone's call is connected; `phone` is the phone's seat.
  void connect(call::SeatId phone);
  void hang_up(call::HangupCause cause);

  /// The person is in the call, or began it.
  bool held() const { return lifted_ || dialled_; }

 private:
  // call::EndpointListener
  void on_ringing() override {}
  void on_early_media() override {}
  void on_answered() override;
  void on_ended(call::Ending ending) override;
  void on_digit(char digit) override { owner_.on_handset_key(digit); }
  void on_state(base::json::object) override {}
  void on_trace(std::string, base::json::object) override {}

  void join();

  call::MediaPlane& media_;
  HandsetOwner& owner_;
  std::unique_ptr<call::Endpoint> endpoint_;
  call::SeatId phone_;
  bool dialled_ = false;
  bool lifted_ = false;
  bool ended_ = false;
};

}  // namespace belfry::sim
