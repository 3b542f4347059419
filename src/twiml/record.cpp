#include "twiml/record.hpp"

#include "twiml/session.hpp"
#include "twiml/unavailable.hpp"

namespace belfry::twiml {
namespace {

std::string read_finish_keys(ElementReader& reader) {
  const Record defaults;
  auto keys = reader.text("finishOnKey", defaults.finish_on_key);
  if (keys.find_first_not_of("0123456789*#") == std::string::npos) return keys;
  reader.invalid("finishOnKey", 13613);
  return defaults.finish_on_key;
}

}  // namespace

Record read_record(const Element& element, Findings& findings) {
  constexpr std::uint32_t longest = 4 * 3600;  // rule W3
  ElementReader reader(element, findings);
  Record record;
  record.action = reader.optional_text("action");
  record.method = reader.method("method", 13610);
  record.timeout = reader.seconds("timeout", 5, 0, longest, 13611);
  record.finish_on_key = read_finish_keys(reader);
  record.max_length = reader.seconds("maxLength", 3600, 1, longest, 13612);
  record.play_beep = reader.flag("playBeep", true, 13616);
  record.trim_silence =
      reader.word("trim", "trim-silence", {"trim-silence", "do-not-trim"}, 13699) == "trim-silence";
  record.recording_callback = read_recording_callback(reader);
  record.transcribe_callback = reader.text("transcribeCallback");
  record.transcribe =
      reader.flag("transcribe", false, 13614) || !record.transcribe_callback.empty();
  if (record.transcribe && record.max_length > std::chrono::seconds(120)) {
    if (element.attribute("maxLength") != nullptr) reader.invalid("maxLength", 13617);
    record.max_length = std::chrono::seconds(120);
  }
  reader.report_unknown_attributes();
  reader.report_children();
  return record;
}

base::Task<Step> execute(const Record&, Session& session) {
  return skip("Record", Answers::yes, session);
}

}  // namespace belfry::twiml
