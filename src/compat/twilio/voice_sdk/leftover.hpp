#pragma once
#include "base/loop.hpp"
#include "call/endpoint.hpp"

namespace belfry::compat::twilio::voice_sdk {

/// What is left of a page's call after a restart of the server: its media is gone, and nobody can
/// bring it back. The page is told so when it asks.
class Leftover final : public call::Endpoint {
 public:
  Leftover(base::Loop& loop, call::EndpointListener& listener) : loop_(loop), listener_(listener) {}
  Leftover(const Leftover&) = delete;
  Leftover& operator=(const Leftover&) = delete;
  ~Leftover() override { *alive_ = false; }

  void dial() override { end(call::HangupCause::restart); }
  void ring() override {}
  void answer() override {}
  void hang_up(call::HangupCause cause) override { end(cause); }
  call::SeatId seat() const override { return {}; }
  void on_words(const call::Words& /*words*/) override {}
  std::string_view kind() const override { return "client"; }

 private:
  void end(call::HangupCause cause) {
    if (std::exchange(ended_, true)) return;
    loop_.post([this, alive = alive_, cause] {
      if (*alive) listener_.on_ended({cause, 0, "the server was restarted"});
    });
  }

  base::Loop& loop_;
  call::EndpointListener& listener_;
  bool ended_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // shared with posted work
};

}  // namespace belfry::compat::twilio::voice_sdk
