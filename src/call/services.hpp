#pragma once
#include <map>
#include <string>

#include "base/random.hpp"
#include "call/event_feed.hpp"
#include "call/journal.hpp"
#include "call/media.hpp"
#include "call/program.hpp"
#include "call/routing.hpp"

namespace belfry::call {

class Conferences;
class DestinationPolicy;
class Messages;
class Notifications;
class NumberDirectory;
class Outbox;
class Queues;
class Recognizer;
class Recordings;
class Switchboard;
class Transcriptions;

/// What the call model works with; all outlive it.
struct Services {
  base::Loop& loop;
  base::Random& random;
  Journal& journal;
  MediaPlane& media;
  DialPlan& dial_plan;
  NumberTable& numbers;
  EventFeed& feed;
  Outbox& outbox;
  const CallbackFormat& callback_format;
  std::string account_sid;
  Switchboard* switchboard = nullptr;                            // set by the switchboard itself
  std::map<std::string, ProgramFactory*, std::less<>> programs;  // by kind
  Recordings* recordings = nullptr;                              // none: nothing can be recorded
  const NumberTable* phone_programs = nullptr;  // what answers registered phones, by user name
  DestinationPolicy* destinations = nullptr;    // none: every party may be called
  Notifications* notifications = nullptr;       // none: problems are in the log only
  Messages* messages = nullptr;                 // text messages; nullptr: none
  Conferences* conferences = nullptr;
  Queues* queues = nullptr;
  Recognizer* recognizer = nullptr;            // none: nobody understands speech
  Transcriptions* transcriptions = nullptr;    // of recordings
  const NumberDirectory* directory = nullptr;  // numbers and applications of accounts
};

}  // namespace belfry::call
