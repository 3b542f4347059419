#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/wait.hpp"
#include "call/leg.hpp"
#include "call/outside_recorder.hpp"

namespace belfry::twiml {

/// A recording by an outside recorder that is asked for.
struct SiprecOrder {
  std::string name;       // empty: its SID
  std::string connector;  // the recorder's name in the configuration
  call::Track track = call::Track::both;
  call::NamedValues parameters;
  std::string status_callback;  // absolute; empty: none
  std::string status_callback_method = "POST";
};

/// The SIPREC sessions of all legs: a leg's audio goes to recorders outside, in the background of
/// whatever the leg does. One ends when the recorder wants no more, when it is stopped or with its
/// leg. What goes wrong is noted in the leg's timeline and its notifications with code 32011, and
/// reported to the session's status callback where there is one; the call goes on. Outlives the
/// switchboard. Control thread.
class SiprecSessions {
 public:
  static constexpr std::size_t max_tracks = 4;  // per leg

  explicit SiprecSessions(base::Loop& loop);
  SiprecSessions(const SiprecSessions&) = delete;
  SiprecSessions& operator=(const SiprecSessions&) = delete;
  ~SiprecSessions();

  /// Without them every connector is unknown. They outlive the last turn of the loop.
  void set_recorders(call::OutsideRecorders* recorders) { recorders_ = recorders; }

  /// @return the session's SID. Errc::not_found 20001: no such connector; Errc::refused 31960: more
  /// than four tracks; Errc::conflict 31960: the leg has one of that name; Errc::unavailable 32011:
  /// no port is free.
  base::Result<std::string> start(call::Leg& leg, SiprecOrder order);
  /// By SID or name. @return its SID, or Errc::not_found.
  base::Result<std::string> stop(const std::string& leg_sid, const std::string& sid_or_name);

 private:
  class Running;
  class Leaving;
  base::Task<void> serve(std::shared_ptr<Running> session);
  std::vector<Running*> of_leg(const std::string& leg_sid) const;

  base::Loop& loop_;
  call::OutsideRecorders* recorders_ = nullptr;
  std::map<std::string, std::shared_ptr<Running>> running_;  // by SID; shared with their tasks
  base::TaskGroup tasks_;
};

}  // namespace belfry::twiml
