#include <CLI/CLI.hpp>
#include <memory>

#include "base/json.hpp"
#include "identity/keys.hpp"
#include "server/commands/commands.hpp"
#include "server/commands/output.hpp"

namespace belfry::server {
namespace {

base::json::object to_json(const identity::Keys& keys) {
  return {
      {"account_sid", keys.account_sid},
      {"auth_token", keys.auth_token},
      {"api_key_sid", keys.api_key_sid},
      {"api_key_secret", keys.api_key_secret},
      {"aws_access_key_id", keys.aws_access_key_id},
      {"aws_secret_access_key", keys.aws_secret_access_key},
  };
}

int print_keys(const std::string& folder, bool as_json) {
  const auto keys = identity::load_keys(folder);
  if (!keys) return complain(keys.error(), exit_failed);
  const base::json::object all = to_json(*keys);
  if (as_json) {
    say_line(base::json::serialize(all));
    return 0;
  }
  for (const auto& key : all)
    say_line(std::string(key.key()) + "=" + std::string(key.value().as_string()));
  return 0;
}

}  // namespace

void add_keys_command(CLI::App& program, int& status) {
  struct Options {
    std::string folder = "data";
    bool as_json = false;
  };
  // Shared by the options that CLI11 fills and the callback that reads them.
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(
      "keys", "Print the keys of an installation; for the owner of its folder"
  );
  command->add_option("--data", options->folder, "Data folder")->capture_default_str();
  command->add_flag("--json", options->as_json, "As one JSON object");
  command->callback([options, &status] { status = print_keys(options->folder, options->as_json); });
}

}  // namespace belfry::server
