#include <CLI/CLI.hpp>

#include "base/encoding.hpp"
#include "server/client/api_client.hpp"
#include "server/commands/call_trace.hpp"
#include "server/commands/commands.hpp"
#include "server/commands/output.hpp"

namespace belfry::server {
namespace {

using base::json::value;

struct Options {
  std::string sid;
  std::string server = "http://127.0.0.1:8080";
  bool as_json = false;
};

int trace(const Options& options) {
  const auto api = ApiClient::create(options.server);
  if (!api) return complain(api.error());
  const std::string path = "/admin/api/calls/" + base::percent_encode(options.sid);
  const auto call = (*api)->get(path);
  if (!call) return complain(call.error());
  const auto events = (*api)->get(path + "/events");
  if (!events) return complain(events.error());
  if (options.as_json) {
    const value* items = base::json::find(*events, "items");
    const base::json::object both{
        {"call", *call}, {"events", items == nullptr ? value(base::json::array{}) : *items}
    };
    say_line(base::json::serialize(both));
  } else {
    say(trace_text(*call, *events));
  }
  return has_audio_fault(*call) ? exit_failed : 0;
}

}  // namespace

void add_trace_command(CLI::App& program, int& status) {
  auto options = std::make_shared<Options>();  // shared by the options and the callback
  CLI::App* command = program.add_subcommand(
      "trace", "What happened in a call, and why there is no audio; 1 when there is a fault"
  );
  command->add_option("sid", options->sid, "SID of the call, CA...")->required();
  command->add_option("--server", options->server, "The running server")
      ->type_name("URL")
      ->capture_default_str();
  command->add_flag("--json", options->as_json, "What the server answered, as JSON");
  command->callback([options, &status] { status = trace(*options); });
}

}  // namespace belfry::server
