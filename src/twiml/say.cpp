#include "twiml/say.hpp"

#include "base/text.hpp"
#include "twiml/sentences.hpp"
#include "twiml/session.hpp"
#include "twiml/speaking.hpp"
#include "twiml/ssml.hpp"

namespace belfry::twiml {
namespace {

bool is_known_voice(std::string_view voice) {
  return voice.empty() || voice == "man" || voice == "woman" || voice == "alice" ||
         voice.starts_with("Polly.") || voice.starts_with("Google.");
}

bool is_language(std::string_view tag) {
  return tag.size() >= 2 && tag.size() <= 35 && std::all_of(tag.begin(), tag.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-';
         });
}

}  // namespace

Say read_say(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Say say;
  say.voice = reader.text("voice");
  if (!is_known_voice(say.voice)) reader.invalid("voice", 13511);
  say.language = reader.text("language", say.language);
  if (!is_language(say.language)) {
    reader.invalid("language", 13512);
    say.language = "en-US";
  }
  say.loop = reader.number("loop", 1, 0, endless_loop, 13510);
  if (say.loop == 0) say.loop = endless_loop;
  reader.report_unknown_attributes();
  say.content.name = element.name;
  say.content.children = element.children;
  const std::size_t length = count_characters(spoken_text(say.content));
  if (length == 0) findings.warn(13520, "<Say> has no text");
  if (length > max_say_characters) findings.warn(13521, "<Say> is cut at 4,096 characters");
  return say;
}

base::Task<Step> execute(const Say& say, Session& session) {
  const bool alive = co_await session.answer();
  if (!alive) co_return HungUp{};
  for (std::uint32_t round = 0; round < say.loop; ++round) {
    std::vector<SpeechPiece> pieces = flatten(say, session.environment().default_voice);
    const bool heard = co_await speak(std::move(pieces), session);
    if (!heard) break;
  }
  co_return NextVerb{};
}

}  // namespace belfry::twiml
