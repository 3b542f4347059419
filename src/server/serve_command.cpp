#include <unistd.h>

#include <cstdio>

#include "base/log.hpp"
#include "server/commands.hpp"
#include "server/config/describe.hpp"
#include "server/server.hpp"

namespace belfry::server {
namespace {

void say(const std::string& line) {
  std::fputs((line + "\n").c_str(), stdout);
  std::fflush(stdout);
}

/// Rule D1: once, on the first start, to the terminal; never to the log.
void show_new_keys(const identity::Keys& keys) {
  say("This is the first start here. The keys of this installation, shown this once");
  say("(later: belfry keys --data DIR):");
  say("  account SID            " + keys.account_sid);
  say("  auth token             " + keys.auth_token);
  say("  API key SID            " + keys.api_key_sid);
  say("  API key secret         " + keys.api_key_secret);
  say("  AWS access key id      " + keys.aws_access_key_id);
  say("  AWS secret access key  " + keys.aws_secret_access_key);
}

}  // namespace

int serve(const LoadedConfig& loaded) {
  base::log::configure(loaded.config.log.level, loaded.config.log.format);
  auto server = Server::create(loaded.config);
  if (!server) {
    std::fputs(("belfry: " + server.error().message + "\n").c_str(), stderr);
    return 1;
  }
  if ((*server)->keys().created) show_new_keys((*server)->keys().keys);
  say("Belfry " + std::string(version()) + " is at http://" + (*server)->address_of("http"));
  (*server)->run();
  base::log::info("server.stopped");
  base::log::flush();
  return 0;
}

int print_config(const LoadedConfig& loaded) {
  std::fputs(describe(loaded).c_str(), stdout);
  return 0;
}

}  // namespace belfry::server
