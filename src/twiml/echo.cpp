#include "twiml/echo.hpp"

#include "call/leg.hpp"
#include "call/services.hpp"
#include "twiml/session.hpp"
#include "twiml/unavailable.hpp"

namespace belfry::twiml {
namespace {

/// Until the leg ends or gets something else to do.
class LoopedBack {
 public:
  LoopedBack(call::MediaPlane& media, call::SeatId seat) : media_(media), seat_(seat) {
    media_.loop_back(seat_);
  }
  LoopedBack(const LoopedBack&) = delete;
  LoopedBack& operator=(const LoopedBack&) = delete;
  ~LoopedBack() { media_.disconnect(seat_); }

 private:
  call::MediaPlane& media_;
  call::SeatId seat_;
};

}  // namespace

Echo read_echo(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  reader.report_unknown_attributes();
  reader.report_children();
  return {};
}

base::Task<Step> execute(const Echo&, Session& session) {
  call::Leg* leg = session.voice().leg();
  if (leg == nullptr) co_return co_await skip("Echo", Answers::yes, session);
  const bool alive = co_await session.answer();
  if (!alive) co_return HungUp{};
  const LoopedBack looped(leg->services().media, leg->seat());
  co_await base::sleep_until(leg->loop(), base::Instant::max());
  co_return NextVerb{};
}

}  // namespace belfry::twiml
