// Voice and messaging documents and what they speak and send, from any bytes: limits of rule W2
// hold, nothing that leaves is longer or deeper than promised, spoken text is within 4,096
// characters and stays UTF-8.
#include "twiml/document.hpp"

#include <cstdlib>

#include "base/text.hpp"
#include "call/message_text.hpp"
#include "call/opt_out.hpp"
#include "twiml/messaging.hpp"
#include "twiml/sentences.hpp"
#include "twiml/ssml.hpp"
#include "twiml/url.hpp"
#include "twiml/url_overrides.hpp"

using namespace belfry::twiml;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_say(const Say& say) {
  std::size_t spoken = 0;
  for (const SpeechPiece& piece : flatten(say, "man")) {
    require(belfry::base::is_valid_utf8(piece.utterance.text));
    require(piece.utterance.rate >= 0.5 && piece.utterance.rate <= 2.0);
    spoken += count_characters(piece.utterance.text);
  }
  require(spoken <= max_say_characters);
  require(say.loop >= 1 && say.loop <= endless_loop);
}

void check_gather(const Gather& gather) {
  require(gather.dtmf || gather.speech);
  require(gather.num_digits.value_or(1) >= 1);
  for (const Gather::Prompt& prompt : gather.prompt)
    if (const auto* say = std::get_if<Say>(&prompt)) check_say(*say);
}

void check_url(std::string_view text) {
  const auto url = resolve_url("https://user:word@host.example:8080/a/b?c#d", text);
  if (!url) return;
  require(is_web_url(*url));
  for (const char c : *url) require(c > ' ' && c < 0x7F);
  if (const auto overridden = read_url_overrides(*url))
    require(overridden->url.find('#') == std::string::npos);
}

void check_messages(std::string_view text) {
  const auto document = read_messaging_document(text);
  if (!document) return require(document.error().detail >= 11000);
  std::size_t replies = 0;
  for (const MessagingDocument::Verb& verb : document->verbs) {
    const auto* message = std::get_if<Message>(&verb);
    if (message == nullptr) continue;
    ++replies;
    require(!message->body.empty() || !message->media.empty());
    require(message->media.size() <= 10);
    const auto measured = belfry::call::measure_message(message->body);
    require(measured.segments >= 1 && measured.units >= measured.characters);
    belfry::call::read_opt_out(message->body);
  }
  require(replies <= max_replies);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_url(text);
  check_messages(text);
  const auto document = read_document(text);
  if (!document) {
    require(document.error().detail >= 11000);
    return 0;
  }
  require(document->verbs.size() <= max_verbs && document->warnings.size() <= 100);
  for (const VerbEntry& entry : document->verbs) {
    if (const auto* say = std::get_if<Say>(&entry.verb)) check_say(*say);
    if (const auto* gather = std::get_if<Gather>(&entry.verb)) check_gather(*gather);
    if (const auto* redirect = std::get_if<Redirect>(&entry.verb)) check_url(redirect->url);
  }
  return 0;
}
