#include <CLI/CLI.hpp>

#include "base/log.hpp"
#include "server/commands/commands.hpp"
#include "server/commands/output.hpp"
#include "server/commands/usage.hpp"
#include "server/version.hpp"

int main(int argc, char** argv) {
  using namespace belfry;
  CLI::App program("Belfry: your own calling cloud in one binary", "belfry");
  program.require_subcommand(1);
  program.set_version_flag("--version", std::string(server::version()));
  int status = 0;
  server::add_serve_command(program, status);
  server::add_call_command(program, status);
  server::add_trace_command(program, status);
  server::add_sim_command(program, status);
  server::add_doctor_command(program, status);
  server::add_config_command(program, status);
  server::add_keys_command(program, status);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version come as errors too.
    if (error.get_exit_code() == 0) return program.exit(error);
    const std::string unknown = server::explain_unknown_word(program);
    return server::complain(
        unknown.empty() ? std::string(error.what()) + "; see --help" : unknown, server::exit_mistake
    );
  }
  base::log::flush();
  return status;
}
