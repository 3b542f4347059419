#pragma once
#include "call/caller_id_validation.hpp"
#include "call/number_directory.hpp"
#include "call/sip_directory.hpp"
#include "call/switchboard.hpp"
#include "call/usage.hpp"
#include "compat/twilio/api.hpp"
#include "identity/accounts.hpp"
#include "identity/ice_servers.hpp"

namespace belfry::twiml {
class LiveTranscriptions;
class MediaStreams;
class SiprecSessions;
}  // namespace belfry::twiml

namespace belfry::compat::twilio {

namespace voice_sdk {
class Signalling;
}

/// What resources work with; all of it outlives them. Services of the call model (recordings,
/// conferences …) are members of `call::Services`: `context.services().recordings`.
struct Context {
  base::Loop& loop;
  base::Random& random;
  call::Switchboard& switchboard;
  identity::Accounts& accounts;
  call::NumberDirectory& directory;
  call::Usage& usage;
  call::CallerIdValidations& validations;
  call::SipDirectory& sip;
  const identity::Sealer& sealer;
  bool simulator_is_on = false;
  std::chrono::seconds max_duration{4 * 3600};  // of calls that say nothing
  twiml::MediaStreams* streams;
  twiml::SiprecSessions* siprec;
  twiml::LiveTranscriptions* transcriptions;
  identity::IceServers ice_servers = {};
  const identity::MediaLinks* links = nullptr;  // open media without credentials
  voice_sdk::Signalling* browsers = nullptr;    // none: no call is a page's

  const call::Services& services() const { return switchboard.services(); }
  call::Journal& journal() const { return switchboard.services().journal; }
};

/// A noun of the API. To add one: a file `<noun>.hpp/.cpp` with a class that takes `Context&` and
/// adds its operations in `add_to`, and its line in the list of resources.cpp. A handler is
/// `base::Task<http::Response> fetch(Ask ask)` and has three steps: parameters to a command of the
/// call model, the command, its result to JSON.
class Resource {
 public:
  virtual ~Resource() = default;
  virtual void add_to(Api& api) = 0;
};

}  // namespace belfry::compat::twilio
