#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "call/event_feed.hpp"
#include "call/journal.hpp"
#include "call/leg.hpp"
#include "call/services.hpp"

namespace belfry::call {

/// A call to be made.
struct PlaceCall {
  std::string sid = {};  // made with `base::make_sid("CA", …)`, so that rows may name it before the
                         // call is there; empty: a new one
  Party to;
  std::string from;              // shown to the party; a route may replace it
  std::string account_sid = {};  // whose call it is; empty: the main account's, or the parent's
  ProgramSpec program;
  StatusCallback status_callback;  // none when its URL is empty
  std::chrono::seconds ring_timeout{60};
  std::chrono::seconds max_duration{4 * 3600};
  std::string application;
  LegRecord::Direction direction = LegRecord::Direction::outbound_api;
  std::string parent_sid;
  PartyTerms party_terms;
  std::string send_digits;  // 0-9 A-D * # w W: after the answer, before the program; then nobody
                            // asks who has answered
  MachineDetection machine_detection;
  std::optional<RecordingOrder> record;  // from the answer on, source OutboundAPI
  std::vector<Document>
      documents;       // committed with the call; key and value may name it by `{sid}` in the key
  Changes along = {};  // committed with the call or not at all; `place` only
};

/// What an API changes in a running call; what is absent stays.
struct LegUpdate {
  /// The leg lets go of what it does (a dial, a conference, a gather) and runs this.
  std::optional<ProgramSpec> program;
  enum class End {
    none,
    canceled,         // only before the answer
    completed         // in any state
  } end = End::none;  // wins over `program`
  std::optional<StatusCallback> status_callback;
  std::optional<std::chrono::seconds> time_limit;  // from the answer; one that has passed ends it
};

/// A call that arrived. The gateway has checked who it is (rule S1).
struct IncomingCall {
  enum class Source { phone, trunk, simulator, client };
  Source source = Source::trunk;
  std::string from;
  std::string to;
  std::string user = {};  // of a registered phone
  std::string endpoint;   // "sip", "simulator", "client"
  std::string carrier;    // who can end the dialog after a restart: a trunk's name, "registration",
                          // "simulator", "client"
  std::string attempt_id;       // the local SIP identifiers are derived from it
  PartyTerms party_terms = {};  // what came with it, for its application
  /// What answers, where whoever calls may say so (a client's token); else `to` decides.
  std::optional<NumberTable::Entry> answering = {};
  /// Makes the endpoint for the new leg.
  std::function<std::unique_ptr<Endpoint>(const std::string& leg_sid, EndpointListener& listener)>
      open;
};

/// Owns the live legs; admits, places and recovers calls. Control thread.
class Switchboard {
 public:
  struct Limits {
    std::size_t live_legs = 10'000;
  };

  Switchboard(Services services, Limits limits);
  ~Switchboard();

  /// Durable when it returns (rule R1); dialled afterwards. Once it is being stored it goes on even
  /// when nobody waits for it any more: a stored call is a call that is made. Where it may go is
  /// the `DestinationPolicy`'s word, also for child legs.
  /// @return Errc::unavailable when draining, full, overloaded, or the disk is full (`detail`, when
  /// not 0, is the number of seconds to wait); Errc::conflict from a document
  /// or from `along`.
  base::Task<base::Result<LegRecord>> place(PlaceCall call);
  /// A child leg of a running leg; dialled at once. The pointer is valid until the loop's next
  /// turn; find it again.
  base::Result<std::string> place_child(const PlaceCall& asked);
  /// @return the leg's SID, or Errc::not_found (nobody answers that number), Errc::unavailable
  /// (503).
  base::Result<std::string> accept(const IncomingCall& call);

  Leg* find(const std::string& sid);
  /// What an API wants of a call while it lives. Two updates at the same moment are done one after
  /// the other; each is on disk when this returns (rule R1).
  /// @return the leg as it then is; Errc::not_found, Errc::conflict when it is over already, or was
  /// answered and should be canceled.
  base::Task<base::Result<LegRecord>> update(std::string sid, LegUpdate update);
  std::size_t live_legs() const { return legs_.size(); }

  /// At start, before the listeners open: what the last process left is taken up or ended (rule
  /// R3).
  base::Task<base::Result<>> recover();
  /// A stored call that nobody runs goes on as after a restart: the commit of `place` was answered
  /// with an error, and is on disk nevertheless (a database that broke off).
  void take_up(LegRecord record);
  /// Refuses new calls from now on; live ones go on.
  void drain() { draining_ = true; }
  /// Asked before a new call is placed or taken (rule O3). Not for child legs: a call is charged
  /// once (rule O1).
  void set_overload_check(std::function<bool()> is_overloaded) {
    is_overloaded_ = std::move(is_overloaded);
  }
  bool draining() const { return draining_; }
  /// Hangs up all live legs, for the end of a drain.
  void hang_up_all(HangupCause cause);

  /// Of an application that is made after this. It outlives its legs.
  void add_program(ProgramFactory& program) {
    services_.programs.emplace(program.kind(), &program);
  }

  const Services& services() const { return services_; }
  /// For `Leg`: it is over and may be destroyed on a later turn.
  void remove(const std::string& sid);

 private:
  base::Result<> admit() const;
  /// Rules F1 to F3; the party becomes what is dialled.
  base::Result<> check_destination(PlaceCall& call);
  base::Result<> admit_new_call() const;
  LegRecord make_record(const PlaceCall& call);
  void pass_identity_on(LegRecord& child);
  Leg& add(LegRecord record);
  base::Task<void> store_and_dial(
      LegRecord record, EventRecord queued, Changes changes,
      base::Completion<base::Result<LegRecord>>::Resolver placed
  );
  void recover_leg(LegRecord record);
  void mark_living();

  Services services_;
  Limits limits_;
  bool draining_ = false;
  std::function<bool()> is_overloaded_;
  std::map<std::string, std::unique_ptr<Leg>> legs_;
  base::TimerId living_timer_ = 0;
  base::TaskGroup tasks_;
};

}  // namespace belfry::call
