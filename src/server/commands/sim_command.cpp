#include <CLI/CLI.hpp>

#include "base/encoding.hpp"
#include "server/client/api_client.hpp"
#include "server/commands/commands.hpp"
#include "server/commands/output.hpp"
#include "server/commands/phone_text.hpp"

namespace belfry::server {
namespace {

using base::Result;
using base::json::object;
using base::json::value;

/// All that a `belfry sim` line may say; each verb takes what is its own.
struct Options {
  std::string server = "http://127.0.0.1:8080";
  bool as_json = false;
  std::string number;
  std::string text;  // keys, words, or whom to call
  std::string body;
  std::string on_call;
  std::optional<std::uint32_t> answer_after_ms;
  std::vector<std::string> presses;
  std::string behaviour;  // JSON
  std::uint64_t seed = 0;
};

std::string path_of(const Options& options, std::string_view act = "") {
  std::string path = "/sim/phones/" + base::percent_encode(options.number);
  if (!act.empty()) path.append("/").append(act);
  return path;
}

/// Body of `PUT /sim/phones/{number}`: the flags go over what --json says, keys behind its script.
Result<object> make_behaviour(const Options& options) {
  object behaviour;
  if (!options.behaviour.empty()) {
    const auto parsed = base::json::parse(options.behaviour);
    if (!parsed || !parsed->is_object())
      return base::fail(
          base::Errc::invalid_argument,
          "--json must be a JSON object" + (parsed ? "" : ": " + parsed.error().message)
      );
    behaviour = parsed->get_object();
  }
  if (!options.on_call.empty()) behaviour["on_call"] = options.on_call;
  if (options.answer_after_ms) behaviour["answer_after_ms"] = *options.answer_after_ms;
  if (options.presses.empty()) return behaviour;
  value& script = behaviour["script"];
  if (script.is_null()) script = base::json::array{};
  if (!script.is_array())
    return base::fail(base::Errc::invalid_argument, "--json: script must be a list");
  for (const std::string& keys : options.presses)
    script.get_array().push_back(object{{"after_speech", true}, {"press", keys}});
  return behaviour;
}

std::string all_items(const value& answer, std::string (*describe)(const value&)) {
  std::string text;
  const value* items = base::json::find(answer, "items");
  if (items == nullptr || !items->is_array()) return text;
  for (const value& item : items->get_array()) text += describe(item);
  return text;
}

std::string phone_lines(const value& answer) {
  return all_items(answer, phone_line);
}
std::string message_lines(const value& answer) {
  return all_items(answer, message_line);
}
std::string nothing(const value&) {
  return {};
}

struct Verb {
  std::string name;
  std::string help;
  Result<value> (*ask)(ApiClient& api, const Options& options);
  std::string (*describe)(const value& answer);
  std::vector<std::pair<std::string, std::string Options::*>> arguments;
};

const std::vector<Verb>& verbs() {
  using Api = ApiClient;
  using Given = const Options;
  static const std::vector<Verb> all = {
      {"phones",
       "All phones that have done something",
       [](Api& api, Given&) { return api.get("/sim/phones"); },
       phone_lines,
       {}},
      {"show",
       "One phone, its calls and what it heard",
       [](Api& api, Given& given) { return api.get(path_of(given)); },
       phone_story,
       {{"number", &Options::number}}},
      {"set",
       "How a phone behaves from now on",
       [](Api& api, Given& given) -> Result<value> {
         BELFRY_TRY(behaviour, make_behaviour(given));
         return api.put(path_of(given), behaviour);
       },
       phone_line,
       {{"number", &Options::number}}},
      {"answer",
       "Pick up a phone that rings",
       [](Api& api, Given& given) { return api.post(path_of(given, "answer"), object{}); },
       phone_line,
       {{"number", &Options::number}}},
      {"hang-up",
       "End the call that a phone is in",
       [](Api& api, Given& given) { return api.post(path_of(given, "hang-up"), object{}); },
       phone_line,
       {{"number", &Options::number}}},
      {"press",
       "Press keys of a phone in a call",
       [](Api& api, Given& given) {
         return api.post(path_of(given, "press"), object{{"digits", given.text}});
       },
       phone_line,
       {{"number", &Options::number}, {"keys", &Options::text}}},
      {"say",
       "Speak into a phone in a call",
       [](Api& api, Given& given) {
         return api.post(path_of(given, "say"), object{{"text", given.text}});
       },
       phone_line,
       {{"number", &Options::number}, {"text", &Options::text}}},
      {"call",
       "Dial from a phone",
       [](Api& api, Given& given) {
         return api.post(path_of(given, "call"), object{{"to", given.text}});
       },
       phone_story,
       {{"number", &Options::number}, {"to", &Options::text}}},
      {"message",
       "Send a text message from a phone",
       [](Api& api, Given& given) {
         return api.post(
             path_of(given, "message"), object{{"to", given.text}, {"body", given.body}}
         );
       },
       message_line,
       {{"number", &Options::number}, {"to", &Options::text}, {"body", &Options::body}}},
      {"messages",
       "All text messages",
       [](Api& api, Given&) { return api.get("/sim/messages"); },
       message_lines,
       {}},
      {"reset",
       "Forget all phones, calls and messages",
       [](Api& api, Given&) { return api.remove("/sim"); },
       nothing,
       {}},
      {"seed",
       "Make the simulated network repeat itself",
       [](Api& api, Given& given) { return api.post("/sim/seed", object{{"seed", given.seed}}); },
       nothing,
       {}},
  };
  return all;
}

int run(const Verb& verb, const Options& options) {
  const auto api = ApiClient::create(options.server);
  if (!api) return complain(api.error());
  const auto answer = verb.ask(**api, options);
  if (!answer) return complain(answer.error());
  if (!options.as_json) {
    say(verb.describe(*answer));
  } else if (!answer->is_null()) {
    say_line(base::json::serialize(*answer));
  }
  return 0;
}

void add_own_flags(CLI::App& command, const std::string& verb, Options& options) {
  if (verb == "seed") command.add_option("seed", options.seed, "Any number")->required();
  if (verb == "phones" || verb == "show" || verb == "messages")
    command.add_flag("--json", options.as_json, "What the server answered, as JSON");
  if (verb != "set") return;
  command
      .add_option(
          "--on-call", options.on_call,
          "answer, busy, reject, no-answer, unreachable, voicemail or person"
      )
      ->type_name("WORD");
  command.add_option("--answer-after-ms", options.answer_after_ms, "How long it rings");
  command
      .add_option(
          "--press", options.presses,
          "Press these keys once what is said has ended; more of them: one after the other"
      )
      ->type_name("KEYS")
      ->allow_extra_args(false);
  command
      .add_option(
          "--json", options.behaviour, "The whole behaviour, as PUT /sim/phones/{number} takes it"
      )
      ->type_name("JSON");
}

}  // namespace

void add_sim_command(CLI::App& program, int& status) {
  CLI::App* sim = program.add_subcommand("sim", "The simulated phones of the running server");
  sim->require_subcommand(1);
  auto options = std::make_shared<Options>();  // shared by the options and the callbacks
  sim->add_option("--server", options->server, "The running server")
      ->type_name("URL")
      ->capture_default_str();
  for (const Verb& verb : verbs()) {
    CLI::App* command = sim->add_subcommand(verb.name, verb.help);
    command->fallthrough();  // --server may stand at the end
    for (const auto& [name, member] : verb.arguments)
      command->add_option(name, (*options).*member)->required();
    add_own_flags(*command, verb.name, *options);
    command->callback([options, &verb, &status] { status = run(verb, *options); });
  }
}

}  // namespace belfry::server
