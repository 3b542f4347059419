#include <CLI/CLI.hpp>

#include "server/commands/commands.hpp"
#include "server/commands/output.hpp"
#include "server/doctor/check.hpp"

namespace belfry::server {
namespace {

void tell(const doctor::Finding& finding) {
  say_line((finding.ok ? "ok   " : "fix  ") + finding.subject + ": " + finding.text);
}

doctor::Finding describe_configuration(const base::Result<LoadedConfig>& loaded) {
  const std::string subject = "configuration";
  if (!loaded) return {subject, false, loaded.error().message};
  return {subject, true, loaded->file.empty() ? "no file, defaults" : loaded->file};
}

int examine(const ConfigSources& sources) {
  const auto loaded = load_config(sources);
  tell(describe_configuration(loaded));
  if (!loaded) return exit_failed;  // what else is there to look at hangs on it
  const base::SystemClock clock;
  base::Loop loop(clock);
  net::Driver driver(loop);
  base::SecureRandom random;
  doctor::Machine machine{loaded->config, driver, clock, random};
  bool all_well = true;
  for (const doctor::Finding& finding : doctor::examine(machine)) {
    tell(finding);
    all_well = all_well && finding.ok;
  }
  return all_well ? 0 : exit_failed;
}

}  // namespace

void add_doctor_command(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand(
      "doctor", "Look at what the server needs; each line is ok or says what to fix"
  );
  const auto sources = add_config_flags(*command);
  command->callback([sources, &status] { status = examine(*sources); });
}

}  // namespace belfry::server
