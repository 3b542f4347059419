#include "gateway/application/carrier.hpp"

namespace belfry::gateway::application {
namespace {

/// Two seats with nothing lost between them: the leg's, and the one that stands for it elsewhere.
class Line final : public call::Endpoint {
 public:
  Line(base::Loop& loop, media::Plane& plane, std::uint64_t seed, call::EndpointListener& listener)
      : loop_(loop), plane_(plane), seed_(seed), listener_(listener) {}
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line() override {
    *alive_ = false;
    close();
  }

  void dial() override {
    later([this] {
      if (ended_) return;
      seats_ = plane_.open_linked_seats({}, {}, seed_);
      constexpr std::uint8_t telephone_event = 101;
      media::MediaTerms terms;
      terms.telephone_event_in = terms.telephone_event_out = telephone_event;
      plane_.set_terms(seats_.leg, terms);
      plane_.set_terms(seats_.phone, terms);
      listener_.on_answered();
    });
  }
  void ring() override {}
  void answer() override {}
  void hang_up(call::HangupCause cause) override {
    if (std::exchange(ended_, true)) return;
    close();
    later([this, cause] { listener_.on_ended({cause, 0, std::string(to_string(cause))}); });
  }
  call::SeatId seat() const override { return seats_.leg; }
  call::SeatId joined_seat() const override { return seats_.phone; }
  void on_words(const call::Words& /*words*/) override {}
  std::string_view kind() const override { return "application"; }

 private:
  /// Signals travel on later turns of the loop, unless the line is gone by then.
  void later(base::Work work) {
    loop_.post([alive = alive_, work = std::move(work)]() mutable {
      if (*alive) work();
    });
  }
  void close() {
    if (!seats_.leg) return;
    plane_.close_seat(seats_.phone);
    plane_.close_seat(seats_.leg);
    seats_ = {};
  }

  base::Loop& loop_;
  media::Plane& plane_;
  std::uint64_t seed_;
  call::EndpointListener& listener_;
  media::Plane::LinkedSeats seats_;
  bool ended_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // shared with posted work
};

}  // namespace

base::Result<std::unique_ptr<call::Endpoint>> Carrier::open(
    const call::Party& party, const call::Attempt& /*attempt*/, call::EndpointListener& listener
) {
  if (party.kind != call::Party::Kind::application)
    return base::fail(base::Errc::not_found, "only applications are reached so");
  return std::make_unique<Line>(loop_, plane_, random_.next(), listener);
}

}  // namespace belfry::gateway::application
