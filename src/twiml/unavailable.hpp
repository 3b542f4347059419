#pragma once
#include "twiml/connect.hpp"
#include "twiml/dial.hpp"
#include "twiml/echo.hpp"
#include "twiml/enqueue.hpp"
#include "twiml/leave.hpp"
#include "twiml/record.hpp"
#include "twiml/refer.hpp"
#include "twiml/sms.hpp"
#include "twiml/start.hpp"
#include "twiml/step.hpp"
#include "twiml/stop.hpp"

namespace belfry::twiml {

class Session;

/// A verb of the language that this server cannot run at all: `<Pay>`, `<Prompt>`.
struct Unavailable {
  std::string name;
};

/// Verbs that are read and checked but not run: a warning 13750 in the timeline, then the next
/// verb. They answer like any verb that needs media, but for Refer, Sms and Leave.
base::Task<Step> execute(const Unavailable& verb, Session& session);
base::Task<Step> execute(const Record& verb, Session& session);
base::Task<Step> execute(const Dial& verb, Session& session);
base::Task<Step> execute(const Enqueue& verb, Session& session);
base::Task<Step> execute(const Leave& verb, Session& session);
base::Task<Step> execute(const Refer& verb, Session& session);
base::Task<Step> execute(const Connect& verb, Session& session);
base::Task<Step> execute(const Start& verb, Session& session);
base::Task<Step> execute(const Stop& verb, Session& session);
base::Task<Step> execute(const Sms& verb, Session& session);
base::Task<Step> execute(const Echo& verb, Session& session);

}  // namespace belfry::twiml
