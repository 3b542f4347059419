#include "twiml/gather.hpp"

#include "base/text.hpp"
#include "base/wait.hpp"
#include "twiml/callbacks.hpp"
#include "twiml/digit_collector.hpp"
#include "twiml/gather_speech.hpp"
#include "twiml/parameters.hpp"
#include "twiml/sentences.hpp"
#include "twiml/session.hpp"

namespace belfry::twiml {
namespace {

constexpr std::uint32_t longest_wait = 4 * 3600;
/// `speechTimeout="auto"`: so much silence is more than a pause between words.
constexpr std::chrono::seconds auto_speech_timeout{1};

void read_input(Gather& gather, ElementReader& reader) {
  const auto kinds = reader.words("input", {"dtmf"}, {"dtmf", "speech"}, 13326);
  const auto has = [&](std::string_view kind) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  };
  gather.speech = has("speech");
  gather.dtmf = has("dtmf");
}

void read_keys(Gather& gather, ElementReader& reader) {
  const auto key = reader.optional_text("finishOnKey");
  if (key && key->empty()) gather.finish_on_key.reset();
  if (key && !key->empty()) {
    const bool valid = key->size() == 1 && std::string_view("0123456789*#").contains(key->front());
    if (valid) gather.finish_on_key = key->front();
    if (!valid) reader.invalid("finishOnKey", 13310);
  }
  gather.num_digits = reader.optional_number("numDigits", 1, 1024, 13314);
}

void read_times(Gather& gather, ElementReader& reader) {
  const std::string* timeout = reader.element().attribute("timeout");
  if (gather.speech && timeout != nullptr && base::trim(*timeout) == "auto") {
    reader.accept({"timeout"});
  } else {
    gather.timeout = reader.seconds("timeout", 5, 1, longest_wait, 13313);
  }
  const std::string* speech_timeout = reader.element().attribute("speechTimeout");
  if (speech_timeout != nullptr && base::trim(*speech_timeout) == "auto") {
    reader.accept({"speechTimeout"});
    gather.speech_timeout = auto_speech_timeout;
  } else if (const auto given = reader.optional_number("speechTimeout", 1, longest_wait, 13327)) {
    gather.speech_timeout = std::chrono::seconds(*given);
  }
  gather.max_speech_time = reader.seconds("maxSpeechTime", 60, 1, 60, 13328);
}

void read_hints(Gather& gather, ElementReader& reader) {
  const std::string hints = reader.text("hints");
  if (hints.empty()) return;
  for (const std::string_view hint : base::split(hints, ','))
    gather.hints.emplace_back(base::trim(hint));
  const bool too_long = std::any_of(gather.hints.begin(), gather.hints.end(), [](const auto& hint) {
    return count_characters(hint) > 100;
  });
  if (gather.hints.size() <= 500 && !too_long) return;
  gather.hints.clear();
  reader.invalid("hints", 13330);
}

void read_recognition(Gather& gather, ElementReader& reader) {
  read_hints(gather, reader);
  gather.language = reader.text("language", gather.language);
  if (gather.language.size() < 2 || gather.language.size() > 35) reader.invalid("language", 13331);
  gather.partial_result_callback = reader.text("partialResultCallback");
  gather.partial_result_callback_method = reader.method("partialResultCallbackMethod", 13329);
  gather.profanity_filter = reader.flag("profanityFilter", true, 13333);
  gather.speech_model = reader.text("speechModel", gather.speech_model);
  if (gather.speech_model.size() > 64) reader.invalid("speechModel", 13334);
  gather.enhanced = reader.flag("enhanced", false, 13334);
  gather.barge_in = reader.flag("bargeIn", true, 13332);
  reader.accept({"debug"});
}

void read_prompt(Gather& gather, const Element& element, Findings& findings) {
  for (const Element& child : element.children) {
    if (child.is_text()) continue;
    if (child.name == "Say") {
      gather.prompt.emplace_back(read_say(child, findings));
    } else if (child.name == "Play") {
      gather.prompt.emplace_back(read_play(child, findings, Nested::in_gather));
    } else if (child.name == "Pause") {
      gather.prompt.emplace_back(read_pause(child, findings));
    } else {
      report_misplaced(child, element, findings, 13320);
    }
  }
}

std::string_view name_of(const Gather::Prompt& prompt) {
  constexpr std::string_view names[] = {"Say", "Play", "Pause"};
  return names[prompt.index()];
}

base::Task<Step> play_prompt(const Gather& gather, Session& session) {
  for (const Gather::Prompt& prompt : gather.prompt) {
    session.note_verb(name_of(prompt), {{"in", "Gather"}});
    base::Task<Step> running =
        std::visit([&](const auto& verb) { return execute(verb, session); }, prompt);
    Step step = co_await std::move(running);
    if (!std::holds_alternative<NextVerb>(step)) co_return step;
  }
  co_return NextVerb{};
}

/// The key goes to the caller's variable at once: a key that comes in the very moment in which
/// something else ends the waiting is not lost.
base::Task<void> take_key(Voice& voice, std::optional<char>& key) {
  key = co_await voice.next_digit();
}

/// Waits for a key until `limit`.
base::Task<void> wait_for_key(
    const Gather& gather, Voice& voice, base::Instant limit, std::optional<char>& key
) {
  if (!gather.dtmf) {
    co_await base::sleep_until(voice.loop(), limit);
    co_return;
  }
  const base::Duration left = limit - voice.loop().now();
  base::Task<void> taking = take_key(voice, key);
  auto limited = base::with_time_limit(voice.loop(), std::move(taking), left);
  co_await std::move(limited);
}

/// Prompts until it is over or a key interrupts it.
base::Task<Step> prompt_until_key(
    const Gather& gather, Session& session, std::optional<char>& key
) {
  base::Task<Step> prompt = play_prompt(gather, session);
  if (!gather.dtmf) co_return co_await std::move(prompt);
  base::Task<void> taking = take_key(session.voice(), key);
  auto winner = co_await base::race(session.voice().loop(), std::move(prompt), std::move(taking));
  if (winner.index() == 0) co_return std::get<0>(std::move(winner));
  co_return NextVerb{};
}

/// Until the collector has what it waits for.
base::Task<void> collect_keys(const Gather& gather, Voice& voice, DigitCollector& collector) {
  while (const auto due = collector.next_timeout()) {
    std::optional<char> key;
    co_await wait_for_key(gather, voice, *due, key);
    if (key) {
      collector.handle_digit(*key, voice.loop().now());
    } else {
      collector.handle_timeout(voice.loop().now());
    }
  }
}

base::Task<Step> collect(const Gather& gather, Session& session, DigitCollector& collector) {
  Voice& voice = session.voice();
  std::optional<char> key;
  Step prompted = co_await prompt_until_key(gather, session, key);
  if (!std::holds_alternative<NextVerb>(prompted)) co_return prompted;
  if (key) collector.handle_digit(*key, voice.loop().now());
  collector.handle_prompt_ended(voice.loop().now());
  co_await collect_keys(gather, voice, collector);
  co_return NextVerb{};
}

Step conclude(const Gather& gather, Session& session, const DigitCollector::Outcome& outcome) {
  const std::string key = outcome.finished_on_key ? std::string(1, *outcome.finished_on_key) : "";
  session.voice().note(
      "gather.result",
      {{"digits", outcome.digits}, {"finished_on_key", key}, {"reason", to_string(outcome.reason)}}
  );
  if (outcome.digits.empty() && !gather.action_on_empty_result) return NextVerb{};
  return session.transfer(
      gather.action, gather.method, Session::Purpose::action,
      {{"Digits", outcome.digits}, {"FinishedOnKey", key}}
  );
}

Step conclude(const Gather& gather, Session& session, const SpeechCollector::Outcome& outcome) {
  const std::string confidence = format_confidence(outcome.confidence);
  session.voice().note(
      "gather.result", {{"speech", outcome.transcript}, {"confidence", confidence}}
  );
  if (outcome.transcript.empty() && !gather.action_on_empty_result) return NextVerb{};
  return session.transfer(
      gather.action, gather.method, Session::Purpose::action,
      {{"SpeechResult", outcome.transcript}, {"Confidence", confidence}}
  );
}

/// Speech, and keys that are pressed instead.
base::Task<Step> gather_speech(
    const Gather& gather, Session& session, GatherSpeech& speech, DigitCollector& collector
) {
  base::Task<Step> prompt = play_prompt(gather, session);
  Step collected = co_await speech.collect(std::move(prompt));
  if (!std::holds_alternative<NextVerb>(collected)) co_return collected;
  session.count_media_progress();
  if (!speech.key()) co_return conclude(gather, session, speech.outcome());
  collector.handle_digit(*speech.key(), session.voice().loop().now());
  co_await collect_keys(gather, session.voice(), collector);
  co_return conclude(gather, session, *collector.outcome());
}

}  // namespace

Gather read_gather(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Gather gather;
  read_input(gather, reader);
  gather.action = reader.optional_text("action");
  gather.method = reader.method("method", 13312);
  read_keys(gather, reader);
  read_times(gather, reader);
  gather.action_on_empty_result = reader.flag("actionOnEmptyResult", false, 13338, Severity::error);
  read_recognition(gather, reader);
  reader.report_unknown_attributes();
  read_prompt(gather, element, findings);
  return gather;
}

base::Task<Step> execute(const Gather& gather, Session& session) {
  const bool alive = co_await session.answer();
  if (!alive) co_return HungUp{};
  session.voice().forget_digits();
  DigitCollector collector({gather.timeout, gather.finish_on_key, gather.num_digits});
  if (gather.speech) {
    GatherSpeech speech(gather, session);
    if (speech.open()) co_return co_await gather_speech(gather, session, speech, collector);
  }
  Step collected = co_await collect(gather, session, collector);
  if (!std::holds_alternative<NextVerb>(collected)) co_return collected;
  session.count_media_progress();
  co_return conclude(gather, session, *collector.outcome());
}

}  // namespace belfry::twiml
