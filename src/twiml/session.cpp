#include "twiml/session.hpp"

#include "base/text.hpp"
#include "twiml/restricted.hpp"
#include "twiml/speaking.hpp"
#include "twiml/url.hpp"

namespace belfry::twiml {
namespace {

using namespace std::chrono_literals;
using base::Errc;

constexpr std::size_t max_verbs_without_media = 1000;  // rule W3

std::string text_member(const base::json::object& object, std::string_view key) {
  const auto* member = object.if_contains(key);
  return member != nullptr && member->is_string() ? std::string(member->as_string())
                                                  : std::string();
}

std::string method_member(const base::json::object& object, std::string_view key) {
  return base::equals_ignoring_case(text_member(object, key), "GET") ? "GET" : "POST";
}

base::json::object describe(const VerbEntry& entry) {
  base::json::object details;
  for (const auto& [name, value] : entry.attributes)
    if (name != "password") details[name] = base::truncate_utf8(value, 300);
  if (!entry.text.empty()) details["text"] = base::truncate_utf8(entry.text, 300);
  return details;
}

base::Task<Step> start(const Verb& verb, Session& session) {
  return std::visit([&](const auto& which) { return execute(which, session); }, verb);
}

}  // namespace

Program Program::from_json(const base::json::object& parameters) {
  Program program;
  program.url = text_member(parameters, "url");
  program.method = method_member(parameters, "method");
  program.fallback_url = text_member(parameters, "fallback_url");
  program.fallback_method = method_member(parameters, "fallback_method");
  program.twiml = text_member(parameters, "twiml");
  program.say = text_member(parameters, "say");
  const auto* own = parameters.if_contains("own_application");
  program.own_application = own != nullptr && own->is_bool() && own->as_bool();
  const auto* more = parameters.if_contains("parameters");
  if (more != nullptr && more->is_object())
    for (const auto& [name, value] : more->get_object())
      if (value.is_string()) program.parameters.emplace_back(name, value.get_string());
  return program;
}

Session::Session(Voice& voice, const Environment& environment, Program program)
    : Session(voice, environment, std::move(program), Restriction()) {}

Session::Session(
    Voice& voice, const Environment& environment, Program program, Restriction restriction
)
    : voice_(voice),
      environment_(environment),
      program_(std::move(program)),
      restriction_(std::move(restriction)) {}

base::Task<Step> Session::run_document() {
  if (current_.audio) {
    const bool alive = co_await answer();
    if (!alive) co_return HungUp{};
    call::ClipPlayback clip{current_.audio, 1};
    co_await play(std::move(clip));
    if (kind() != DocumentKind::main) co_return NextVerb{};
    co_return HungUp{};
  }
  for (verb_index_ = 0; verb_index_ < current_.document.verbs.size(); ++verb_index_) {
    const VerbEntry& entry = current_.document.verbs[verb_index_];
    if (++verbs_without_media_ > max_verbs_without_media)
      co_return Failure{
          {Errc::refused, "1,000 verbs have run without any sound: the program is in a loop", 11215
          },
          current_.url,
          Failure::Recourse::none
      };
    note_verb(entry.name, describe(entry));
    if (auto refused = check_allowed(entry, kind()); !refused)
      co_return Failure{std::move(refused.error()), current_.url, Failure::Recourse::none};
    base::Task<Step> running = start(entry.verb, *this);
    Step step = co_await std::move(running);
    if (!std::holds_alternative<NextVerb>(step)) co_return step;
  }
  co_return NextVerb{};
}

base::Task<void> Session::apologise() {
  if (!answered()) {
    voice_.hang_up(call::HangupCause::failed, "application error");
    co_return;
  }
  Say say;
  say.content.children.push_back(
      Element::piece_of_text("We are sorry, an application error has occurred. Goodbye.")
  );
  std::vector<SpeechPiece> pieces = flatten(say, environment_.default_voice);
  co_await speak(std::move(pieces), *this);
  voice_.hang_up(call::HangupCause::normal, "application error");
}

base::Task<bool> Session::answer() {
  if (answered()) co_return true;
  const base::Result<> outcome = co_await voice_.answer();
  co_return outcome.has_value();
}

bool Session::may_stay_unanswered() const {
  return verb_index_ == 0 && !answered() &&
         voice_.record().direction == call::LegRecord::Direction::inbound;
}

base::Task<void> Session::play(call::Playback playback, call::Words words) {
  const base::Instant before = voice_.loop().now();
  base::Task<void> playing = voice_.play(std::move(playback), std::move(words));
  co_await std::move(playing);
  if (voice_.loop().now() > before) count_media_progress();
}

base::Task<base::Result<media::PcmClipPtr>> Session::fetch_audio(std::string url) {
  const bool own = is_own(url);
  return environment_.files.fetch(std::move(url), own);
}

base::Result<std::string> Session::resolve(std::string_view reference) const {
  if (auto url = resolve_url(current_.base, reference)) return std::move(*url);
  const bool relative_to_nothing = current_.base.empty() && !split_url(reference).scheme;
  std::string shown(base::truncate_utf8(reference, 200));
  if (relative_to_nothing)
    return base::fail(
        Errc::invalid_argument, "relative URL in an inline document: " + shown, 15004
    );
  return base::fail(Errc::invalid_argument, "not a web URL: " + shown, 11100);
}

Step Session::transfer(
    const std::optional<std::string>& url, std::string method, Purpose purpose,
    call::FormFields results
) const {
  DocumentRequest request{current_.url, std::move(method), std::move(results), purpose};
  if (!url || url->empty()) return Transfer{std::move(request)};
  auto resolved = resolve(*url);
  if (!resolved) return Failure{std::move(resolved.error()), *url};
  request.url = std::move(*resolved);
  return Transfer{std::move(request)};
}

void Session::note_verb(std::string_view name, base::json::object details) {
  base::json::object data{{"verb", name}};
  for (auto& [key, value] : details) data.emplace(key, std::move(value));
  voice_.note("twiml.verb", std::move(data));
}

bool Session::is_own(std::string_view url) const {
  return program_.own_application && same_origin(url, program_.url);
}

}  // namespace belfry::twiml
