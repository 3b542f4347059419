#pragma once
#include <variant>

#include "twiml/application.hpp"
#include "twiml/client.hpp"
#include "twiml/conference.hpp"
#include "twiml/number.hpp"
#include "twiml/queue.hpp"
#include "twiml/sip.hpp"
#include "twiml/step.hpp"

namespace belfry::twiml {

class Session;

/// `<Dial>`: connects the leg with others. Either parties (mixed), or one conference, or one queue.
struct Dial {
  using Noun = std::variant<Number, Client, Sip, Application, Conference, Queue>;

  std::optional<std::string> action;  // absent: go on with the next verb
  std::string method = "POST";
  std::chrono::seconds timeout{30};
  std::chrono::seconds time_limit{4 * 3600};
  std::string caller_id;  // empty: the caller's own
  bool answer_on_bridge = false;
  bool hangup_on_star = false;
  std::string record = "do-not-record";
  EventCallback recording_callback;
  std::string recording_track = "both";
  bool trim_silence = false;
  std::string ring_tone;
  bool sequential = false;
  std::string refer_url;
  std::string refer_method = "POST";
  std::vector<Noun> nouns;
};

inline constexpr std::size_t max_dial_nouns = 10;  // rule W3

/// Findings: 13000, 13210 … 13223, 13248, 13250, and those of the nouns.
Dial read_dial(const Element& element, Findings& findings);
/// A `<Queue>` at the top level is a `<Dial>` with only that.
Dial dial_of_queue(const Element& queue, Findings& findings);
base::Task<Step> execute(const Dial& dial, Session& session);

}  // namespace belfry::twiml
