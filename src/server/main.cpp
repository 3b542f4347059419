#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>

#include "base/log.hpp"
#include "server/commands.hpp"
#include "server/config/flags.hpp"

namespace {

using namespace belfry;

int complain(const base::Error& error) {
  std::cerr << "belfry: " << error.message << '\n';
  return 2;
}

/// A command that needs the configuration.
void add_configured(
    CLI::App& program, const std::string& name, const std::string& help,
    server::ConfigSources& sources, int& status, int (*run)(const server::LoadedConfig&)
) {
  CLI::App* command = program.add_subcommand(name, help);
  server::add_flags(*command, sources);
  command->callback([&sources, &status, run] {
    const auto loaded = server::load_config(sources);
    status = loaded ? run(*loaded) : complain(loaded.error());
  });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("Belfry: your own calling cloud in one binary", "belfry");
  program.require_subcommand(1);
  program.set_version_flag("--version", std::string(server::version()));
  server::ConfigSources sources;
  sources.environment = server::process_environment();
  int status = 0;
  add_configured(program, "serve", "Run the server", sources, status, server::serve);
  add_configured(program, "config", "Print the effective configuration and where each value came from", sources,
                 status, server::print_config);
  server::add_keys_command(program, status);
  CLI11_PARSE(program, argc, argv);
  base::log::flush();
  return status;
}
