#include <CLI/CLI.hpp>

#include "base/log.hpp"
#include "server/commands/commands.hpp"
#include "server/commands/output.hpp"
#include "server/server.hpp"
#include "server/version.hpp"

namespace belfry::server {
namespace {

/// Rule D1: once, on the first start, to the terminal; never to the log.
void show_new_keys(const identity::Keys& keys) {
  say_line("This is the first start here. The keys of this installation, shown this once");
  say_line("(later: belfry keys --data DIR):");
  say_line("  account SID            " + keys.account_sid);
  say_line("  auth token             " + keys.auth_token);
  say_line("  API key SID            " + keys.api_key_sid);
  say_line("  API key secret         " + keys.api_key_secret);
  say_line("  AWS access key id      " + keys.aws_access_key_id);
  say_line("  AWS secret access key  " + keys.aws_secret_access_key);
}

int serve(const ConfigSources& sources) {
  const auto loaded = load_config(sources);
  if (!loaded) return complain(loaded.error(), exit_mistake);
  base::log::configure(loaded->config.log.level, loaded->config.log.format);
  auto server = Server::create(loaded->config);
  if (!server) return complain(server.error(), exit_failed);
  if ((*server)->keys().created) show_new_keys((*server)->keys().keys);
  const std::string address = (*server)->address_of("http");
  say_line("Belfry " + std::string(version()) + " is at http://" + address);
  (*server)->run();
  base::log::info("server.stopped");
  base::log::flush();
  return 0;
}

}  // namespace

void add_serve_command(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand("serve", "Run the server");
  const auto sources = add_config_flags(*command);
  command->callback([sources, &status] { status = serve(*sources); });
}

}  // namespace belfry::server
