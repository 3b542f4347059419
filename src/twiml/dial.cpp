#include "twiml/dial.hpp"

#include "twiml/dial_parties.hpp"
#include "twiml/meeting_others.hpp"
#include "twiml/session.hpp"
#include "twiml/unavailable.hpp"

namespace belfry::twiml {
namespace {

std::optional<Dial::Noun> read_noun(const Element& child, Findings& findings) {
  if (child.name == "Number") return read_number(child, findings);
  if (child.name == "Client") return read_client(child, findings);
  if (child.name == "Sip") return read_sip(child, findings);
  if (child.name == "Application") return read_application(child, findings);
  if (child.name == "Conference") return read_conference(child, findings);
  if (child.name == "Queue") return read_queue(child, findings);
  return std::nullopt;
}

bool stands_alone(const Dial::Noun& noun) {
  return std::holds_alternative<Conference>(noun) || std::holds_alternative<Queue>(noun);
}

void read_nouns(const Element& element, Findings& findings, std::vector<Dial::Noun>& nouns) {
  for (const Element& child : element.children) {
    if (child.is_text()) continue;
    if (nouns.size() == max_dial_nouns) {
      findings.warn(13250, "<Dial> takes 10 parties at most; the rest is skipped");
      return;
    }
    auto noun = read_noun(child, findings);
    if (!noun) {
      report_misplaced(child, element, findings, 13215);
    } else if (!nouns.empty() && (stands_alone(*noun) || stands_alone(nouns.front()))) {
      findings.warn(
          13000, "a <Conference> or <Queue> must be alone in <Dial>; the rest is skipped"
      );
    } else {
      nouns.push_back(std::move(*noun));
    }
  }
}

void read_recording(Dial& dial, ElementReader& reader) {
  dial.record = reader.word(
      "record", "do-not-record",
      {"do-not-record", "record-from-answer", "record-from-ringing", "record-from-answer-dual",
       "record-from-ringing-dual", "true", "false"},
      13217
  );
  if (dial.record == "true") dial.record = "record-from-answer";
  if (dial.record == "false") dial.record = "do-not-record";
  dial.recording_callback = read_recording_callback(reader);
  dial.recording_track =
      reader.word("recordingTrack", "both", {"both", "inbound", "outbound"}, 13217);
  dial.trim_silence =
      reader.word("trim", "do-not-trim", {"trim-silence", "do-not-trim"}, 13699) == "trim-silence";
}

}  // namespace

Dial read_dial(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Dial dial;
  dial.action = reader.optional_text("action");
  dial.method = reader.method("method", 13210);
  dial.timeout = reader.seconds("timeout", 30, 5, 600, 13212);
  dial.time_limit = reader.seconds("timeLimit", 4 * 3600, 1, 24 * 3600, 13216);
  dial.caller_id = reader.text("callerId");
  if (dial.caller_id.size() > 256) {
    findings.warn(13248, "callerId is longer than 256 characters");
    dial.caller_id.clear();
  }
  dial.answer_on_bridge = reader.flag("answerOnBridge", false, 13219);
  dial.hangup_on_star = reader.flag("hangupOnStar", false, 13213);
  read_recording(dial, reader);
  dial.ring_tone = reader.text("ringTone");
  const bool is_country = dial.ring_tone.size() == 2 || dial.ring_tone == "us-old";
  if (!dial.ring_tone.empty() && !is_country) {
    reader.invalid("ringTone", 13220);
    dial.ring_tone.clear();
  }
  dial.sequential = reader.flag("sequential", false, 13218);
  dial.refer_url = reader.text("referUrl");
  dial.refer_method = reader.method("referMethod", 13210);
  reader.accept({"callReason", "passports", "events", "recordingConfigurationId"});
  reader.report_unknown_attributes();
  read_nouns(element, findings, dial.nouns);
  if (const std::string text = element.own_text(); dial.nouns.empty() && !text.empty()) {
    Number number;
    number.number = clean_number(text);
    if (number.number.empty())
      findings.warn(13223, "<Dial> holds no telephone number: \"" + text + "\"");
    dial.nouns.emplace_back(std::move(number));
  }
  return dial;
}

Dial dial_of_queue(const Element& queue, Findings& findings) {
  Dial dial;
  dial.nouns.emplace_back(read_queue(queue, findings));
  return dial;
}

base::Task<Step> execute(const Dial& dial, Session& session) {
  if (!dial.nouns.empty()) {
    if (const auto* noun = std::get_if<Conference>(&dial.nouns.front()))
      return dial_conference(*noun, dial, session);
    if (const auto* noun = std::get_if<Queue>(&dial.nouns.front()))
      return dial_queue(*noun, dial, session);
  }
  const bool parties = dial.nouns.empty() || !stands_alone(dial.nouns.front());
  if (parties && session.voice().leg() != nullptr) return dial_parties(dial, session);
  const bool waits_for_bridge = dial.answer_on_bridge && session.may_stay_unanswered();
  return skip("Dial", waits_for_bridge ? Answers::no : Answers::yes, session);
}

}  // namespace belfry::twiml
