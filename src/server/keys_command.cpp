#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "base/json.hpp"
#include "identity/keys.hpp"
#include "server/commands.hpp"

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
  if (!keys) {
    std::fputs(("belfry: " + keys.error().message + "\n").c_str(), stderr);
    return 1;
  }
  const base::json::object all = to_json(*keys);
  if (as_json) {
    std::puts(base::json::serialize(all).c_str());
    return 0;
  }
  for (const auto& key : all) std::printf("%s=%s\n", std::string(key.key()).c_str(), key.value().as_string().c_str());
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
  CLI::App* command = program.add_subcommand("keys", "Print the keys of an installation; for the owner of its folder");
  command->add_option("--data", options->folder, "Data folder")->capture_default_str();
  command->add_flag("--json", options->as_json, "As one JSON object");
  command->callback([options, &status] { status = print_keys(options->folder, options->as_json); });
}

}  // namespace belfry::server
