#include "twiml/background.hpp"

namespace belfry::twiml {

std::vector<BackgroundNoun> read_background_nouns(
    const Element& element, Findings& findings, StreamUse use
) {
  std::vector<BackgroundNoun> nouns;
  bool any = false;
  for (const Element& child : element.children) {
    if (child.is_text()) continue;
    any = true;
    if (child.name == "Stream") {
      nouns.emplace_back(read_stream(child, findings, use));
    } else if (child.name == "Recording") {
      nouns.emplace_back(read_recording_noun(child, findings));
    } else if (child.name == "Siprec") {
      nouns.emplace_back(read_siprec(child, findings));
    } else if (child.name == "Transcription") {
      nouns.emplace_back(read_transcription(child, findings));
    } else {
      report_misplaced(child, element, findings, 14300);
    }
  }
  if (!any) findings.warn(14300, "<" + element.name + "> has nothing to work on");
  return nouns;
}

}  // namespace belfry::twiml
