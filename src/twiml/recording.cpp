#include "twiml/recording.hpp"

namespace belfry::twiml {

Recording read_recording_noun(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Recording recording;
  recording.dual_channel = reader.word("channels", "mono", {"mono", "dual"}, 12200) == "dual";
  recording.track = reader.word("track", "both", {"both", "inbound", "outbound"}, 12200);
  recording.trim_silence =
      reader.word("trim", "do-not-trim", {"trim-silence", "do-not-trim"}, 13699) == "trim-silence";
  recording.recording_callback = read_recording_callback(reader);
  reader.report_unknown_attributes();
  reader.report_children();
  return recording;
}

}  // namespace belfry::twiml
