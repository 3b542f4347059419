#include <CLI/CLI.hpp>
#include <fstream>
#include <iterator>

#include "base/encoding.hpp"
#include "server/client/api_client.hpp"
#include "server/commands/call_narration.hpp"
#include "server/commands/commands.hpp"
#include "server/commands/output.hpp"

namespace belfry::server {
namespace {

using namespace std::chrono_literals;
using base::Result;
using base::json::value;

constexpr base::Duration between_questions = 100ms;

struct Options {
  std::string to;
  std::string from;
  std::string say;
  std::string twiml_file;
  std::string url;
  std::string server = "http://127.0.0.1:8080";
  bool wait = true;
};

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) return base::fail(base::Errc::invalid_argument, "cannot read " + path);
  return text;
}

Result<base::json::object> make_request(const Options& options) {
  base::json::object request{{"to", options.to}};
  if (!options.from.empty()) request["from"] = options.from;
  if (!options.say.empty()) request["say"] = options.say;
  if (!options.url.empty()) request["url"] = options.url;
  if (!options.twiml_file.empty()) {
    BELFRY_TRY(document, read_file(options.twiml_file));
    request["twiml"] = document;
  }
  return request;
}

/// Seconds since the command began, as "  1.25 s  ".
std::string stamp(base::Duration since) {
  const auto hundredths = base::to_ms(since) / 10;
  const std::string rest = std::to_string(hundredths % 100);
  std::string text = std::to_string(hundredths / 100) + (rest.size() == 1 ? ".0" : ".") + rest;
  if (text.size() < 6) text.insert(0, 6 - text.size(), ' ');
  return text + " s  ";
}

/// Prints what happens in one call until it is over.
class Follower {
 public:
  Follower(ApiClient& api, const std::string& sid)
      : api_(api),
        events_path_("/admin/api/calls/" + base::percent_encode(sid) + "/events"),
        began_(api.now()) {}

  Result<CallOutcome> follow() {
    while (true) {
      BELFRY_TRY(answer, api_.get(events_path_));
      const value* items = base::json::find(answer, "items");
      if (items == nullptr || !items->is_array())
        return base::fail(base::Errc::unsupported, "the server's list of events has no items");
      const CallOutcome outcome = tell(items->get_array());
      if (outcome != CallOutcome::goes_on) return outcome;
      api_.pause(between_questions);
    }
  }

 private:
  /// The list is the whole history each time, in order and without gaps.
  CallOutcome tell(const base::json::array& events) {
    for (; told_ < events.size(); ++told_) {
      const std::string line = narrate(events[told_]);
      if (!line.empty()) say_line(stamp(api_.now() - began_) + line);
      const CallOutcome outcome = outcome_of(events[told_]);
      if (outcome != CallOutcome::goes_on) return outcome;
    }
    return CallOutcome::goes_on;
  }

  ApiClient& api_;
  std::string events_path_;
  base::Instant began_;
  std::size_t told_ = 0;
};

int call(const Options& options) {
  const auto request = make_request(options);
  if (!request) return complain(request.error());
  const auto api = ApiClient::create(options.server);
  if (!api) return complain(api.error());
  const auto placed = (*api)->post("/admin/api/calls", *request);
  if (!placed) return complain(placed.error());
  const auto* sid = base::json::find_string(*placed, "sid");
  if (sid == nullptr) return complain("the server gave the call no SID", exit_failed);
  const std::string name(sid->c_str(), sid->size());
  say_line("call " + name + " to " + options.to);
  if (!options.wait) return 0;
  const auto outcome = Follower(**api, name).follow();
  if (!outcome) return complain(outcome.error(), exit_failed);
  return *outcome == CallOutcome::completed ? 0 : exit_failed;
}

}  // namespace

void add_call_command(CLI::App& program, int& status) {
  auto options = std::make_shared<Options>();  // shared by the options and the callback
  CLI::App* command = program.add_subcommand("call", "Place a call through the running server");
  command->add_option("to", options->to, "Number, sip: address or client: name to call")
      ->required();
  auto* what = command->add_option_group("what", "What the call does");
  what->add_option("--say", options->say, "Words to say")->type_name("TEXT");
  what->add_option("--twiml", options->twiml_file, "TwiML document to run")->type_name("FILE");
  what->add_option("--url", options->url, "Where the server gets TwiML from")->type_name("URL");
  what->require_option(1);
  command->add_option("--from", options->from, "Number to show")->type_name("NUMBER");
  command->add_option("--server", options->server, "The running server")
      ->type_name("URL")
      ->capture_default_str();
  command->add_flag("--wait,!--no-wait", options->wait, "Follow the call to its end (default)");
  command->callback([options, &status] { status = call(*options); });
}

}  // namespace belfry::server
