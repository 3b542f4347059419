#include "twiml/siprec_sessions.hpp"

#include "base/ids.hpp"
#include "base/log.hpp"
#include "call/form_delivery.hpp"
#include "call/notifications.hpp"
#include "call/outbox.hpp"
#include "call/switchboard.hpp"

namespace belfry::twiml {
namespace {

using base::Errc;
using base::Result;
using base::Task;

constexpr int recorder_failed = 32011;  // Twilio's: SIP infrastructure that cannot be talked to

std::size_t tracks_in(call::Track track) {
  return track == call::Track::both ? 2 : 1;
}

}  // namespace

/// One session and all that it touches. Its task serves it.
class SiprecSessions::Running final : public call::OutsideRecordingListener {
 public:
  Running(call::Leg& leg, SiprecOrder asked, std::string own_sid)
      : order(std::move(asked)),
        sid(std::move(own_sid)),
        leg_sid(leg.sid()),
        over(leg.loop()),
        leg_over(leg.milestones()),
        account_sid_(leg.record().account_sid),
        services_(leg.services()) {}

  Result<> open(call::OutsideRecorders& recorders, const call::Leg& leg) {
    const call::LegRecord& record = leg.record();
    const bool is_caller = record.direction == call::LegRecord::Direction::inbound;
    call::OutsideRecordingOrder wanted;
    wanted.recorder = order.connector;
    wanted.sid = sid;
    wanted.account_sid = account_sid_;
    wanted.call_sid = leg_sid;
    wanted.party = is_caller ? record.from : record.to;
    wanted.other = is_caller ? record.to : record.from;
    wanted.seat = leg.seat();
    wanted.track = order.track;
    wanted.parameters = order.parameters;
    BELFRY_TRY(opened, recorders.open(std::move(wanted), *this));
    recording_ = std::move(opened);
    return {};
  }

  /// It has been stopped, or its leg is over, or the recorder has ended it.
  void finish() {
    recording_.reset();
    if (!started_ || failed_) return;
    report("siprec-stopped");
    note("siprec.stopped", {{"siprec", sid}});
  }

  // call::OutsideRecordingListener
  void on_recording_started() override {
    started_ = true;
    report("siprec-started");
    note("siprec.started", {{"siprec", sid}, {"name", order.name}, {"to", order.connector}});
  }
  void on_recording_ended(Result<> how) override {
    if (!how) fail(how.error().message);
    over.set();
  }

  SiprecOrder order;
  const std::string sid;
  const std::string leg_sid;
  base::Event over;                                 // stopped, or ended by the recorder
  std::shared_ptr<call::Leg::Milestones> leg_over;  // shared with the leg, which may go first

 private:
  void fail(const std::string& message) {
    failed_ = true;
    report("siprec-error", message);
    note("siprec.error", {{"siprec", sid}, {"code", recorder_failed}, {"message", message}});
    base::log::warning("siprec.error", {{"call", leg_sid}, {"why", message}});
    if (services_.notifications == nullptr) return;
    call::Problem problem;
    problem.account_sid = account_sid_;
    problem.call_sid = leg_sid;
    problem.code = recorder_failed;
    problem.message = order.connector + ": " + message;
    services_.notifications->add(problem);
  }

  void note(std::string type, base::json::object data) {
    if (leg_over->over.is_set()) return;
    if (call::Leg* leg = services_.switchboard->find(leg_sid))
      leg->note(std::move(type), std::move(data));
  }

  void report(std::string_view event, const std::string& error = {}) {
    if (order.status_callback.empty()) return;
    const base::WallTime now = services_.loop.wall_now();
    call::FormFields fields{
        {"AccountSid", account_sid_},
        {"CallSid", leg_sid},
        {"SiprecSid", sid},
        {"SiprecName", order.name},
        {"SiprecEvent", std::string(event)},
    };
    if (!error.empty()) {
      fields.emplace_back("SiprecError", error);
      fields.emplace_back("SiprecErrorCode", std::to_string(recorder_failed));
    }
    fields.emplace_back("Timestamp", base::to_rfc3339(now));
    const call::CallbackAddress to{
        .url = order.status_callback, .method = order.status_callback_method, .events = {}
    };
    call::Delivery delivery = call::make_form_delivery(
        account_sid_, to, "siprec-callback", sid, fields, services_.random, now
    );
    call::Changes changes;
    changes.deliveries.push_back(std::move(delivery));
    services_.journal.commit_later(std::move(changes));
    services_.outbox.wake();
  }

  const std::string account_sid_;
  call::Services& services_;
  std::unique_ptr<call::OutsideRecording> recording_;
  bool started_ = false;
  bool failed_ = false;
};

/// Takes a session out of the table when its task ends, however it does.
class SiprecSessions::Leaving {
 public:
  Leaving(SiprecSessions& sessions, const std::string& sid) : sessions_(sessions), sid_(sid) {}
  Leaving(const Leaving&) = delete;
  Leaving& operator=(const Leaving&) = delete;
  ~Leaving() { sessions_.running_.erase(sid_); }

 private:
  SiprecSessions& sessions_;
  std::string sid_;
};

SiprecSessions::SiprecSessions(base::Loop& loop) : loop_(loop), tasks_(loop) {}

SiprecSessions::~SiprecSessions() = default;

std::vector<SiprecSessions::Running*> SiprecSessions::of_leg(const std::string& leg_sid) const {
  std::vector<Running*> found;
  for (const auto& [sid, session] : running_)
    if (session->leg_sid == leg_sid) found.push_back(session.get());
  return found;
}

Result<std::string> SiprecSessions::start(call::Leg& leg, SiprecOrder order) {
  if (recorders_ == nullptr || !recorders_->knows(order.connector))
    return base::fail(
        Errc::not_found, "no SIPREC connector is called \"" + order.connector + '"', 20001
    );
  std::size_t tracks = tracks_in(order.track);
  for (const Running* other : of_leg(leg.sid())) {
    tracks += tracks_in(other->order.track);
    if (!order.name.empty() && other->order.name == order.name)
      return base::fail(Errc::conflict, "a SIPREC session of this name runs already", 31960);
  }
  if (tracks > max_tracks)
    return base::fail(Errc::refused, "at most four tracks of a call go to recorders", 31960);
  std::string sid = base::make_sid("SR", leg.services().random);
  if (order.name.empty()) order.name = sid;
  auto session = std::make_shared<Running>(leg, std::move(order), sid);
  if (const auto opened = session->open(*recorders_, leg); !opened)
    return base::fail(Errc::unavailable, opened.error().message, recorder_failed);
  running_.emplace(sid, session);
  tasks_.spawn(serve(std::move(session)));
  return sid;
}

Result<std::string> SiprecSessions::stop(
    const std::string& leg_sid, const std::string& sid_or_name
) {
  for (Running* session : of_leg(leg_sid))
    if (session->sid == sid_or_name || session->order.name == sid_or_name) {
      session->over.set();
      return session->sid;
    }
  return base::fail(Errc::not_found, "no such SIPREC session");
}

namespace {

Task<void> wait_for(base::Event& event) {
  co_await event.wait();
}

}  // namespace

Task<void> SiprecSessions::serve(std::shared_ptr<Running> session) {
  const Leaving leaving(*this, session->sid);
  Task<void> ending = wait_for(session->over);
  Task<void> leg_ending = wait_for(session->leg_over->over);
  co_await base::race(loop_, std::move(ending), std::move(leg_ending));
  session->finish();
}

}  // namespace belfry::twiml
