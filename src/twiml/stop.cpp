#include "twiml/stop.hpp"

#include "twiml/session.hpp"

namespace belfry::twiml {
namespace {

void stop_noun(const BackgroundNoun& noun, Session& session) {
  if (const auto* stream = std::get_if<Stream>(&noun)) {
    stop_stream(*stream, session);
  } else if (const auto* siprec = std::get_if<Siprec>(&noun)) {
    stop_siprec(*siprec, session);
  } else if (const auto* transcription = std::get_if<Transcription>(&noun)) {
    stop_transcription(*transcription, session);
  } else {
    stop_recording(std::get<Recording>(noun), session);
  }
}

}  // namespace

Stop read_stop(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  reader.report_unknown_attributes();
  Stop stop;
  stop.nouns = read_background_nouns(element, findings, StreamUse::stop);
  return stop;
}

base::Task<Step> execute(const Stop& stop, Session& session) {
  for (const BackgroundNoun& noun : stop.nouns) stop_noun(noun, session);
  co_return NextVerb{};
}

}  // namespace belfry::twiml
