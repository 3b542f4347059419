#include "twiml/start.hpp"

#include "twiml/session.hpp"

namespace belfry::twiml {
namespace {

void start_noun(const BackgroundNoun& noun, Session& session) {
  if (const auto* stream = std::get_if<Stream>(&noun)) {
    start_stream(*stream, session);
  } else if (const auto* siprec = std::get_if<Siprec>(&noun)) {
    start_siprec(*siprec, session);
  } else if (const auto* transcription = std::get_if<Transcription>(&noun)) {
    start_transcription(*transcription, session);
  } else {
    start_recording(std::get<Recording>(noun), session);
  }
}

}  // namespace

Start read_start(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Start start;
  start.action = reader.optional_text("action");
  start.method = reader.method("method", 12200);
  reader.report_unknown_attributes();
  start.nouns = read_background_nouns(element, findings, StreamUse::start);
  return start;
}

base::Task<Step> execute(const Start& start, Session& session) {
  const bool alive = co_await session.answer();
  if (!alive) co_return HungUp{};
  for (const BackgroundNoun& noun : start.nouns) start_noun(noun, session);
  co_return NextVerb{};
}

}  // namespace belfry::twiml
