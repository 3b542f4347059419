#include <CLI/CLI.hpp>

#include "server/commands/commands.hpp"
#include "server/commands/output.hpp"
#include "server/config/describe.hpp"
#include "server/config/flags.hpp"

namespace belfry::server {
namespace {

int print_config(const ConfigSources& sources, bool as_json) {
  const auto loaded = load_config(sources);
  if (!loaded) return complain(loaded.error(), exit_mistake);
  if (as_json)
    say_line(base::json::serialize(describe_json(*loaded)));
  else
    say(describe(*loaded));
  return 0;
}

}  // namespace

std::shared_ptr<ConfigSources> add_config_flags(CLI::App& command) {
  auto sources = std::make_shared<ConfigSources>();
  sources->environment = process_environment();
  add_flags(command, *sources);
  return sources;
}

void add_config_command(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand(
      "config", "Print the effective configuration and where each value came from"
  );
  const auto sources = add_config_flags(*command);
  auto as_json = std::make_shared<bool>(false);  // shared by the option and the callback
  command->add_flag("--json", *as_json, "As one JSON object");
  command->callback([sources, as_json, &status] { status = print_config(*sources, *as_json); });
}

}  // namespace belfry::server
