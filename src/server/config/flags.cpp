#include "server/config/flags.hpp"

#include <CLI/CLI.hpp>

#include "server/config/settings.hpp"

namespace belfry::server {

void add_flags(CLI::App& command, ConfigSources& sources) {
  command
      .add_option_function<std::string>(
          "--config", [&sources](const std::string& path) { sources.file = path; },
          "Configuration file (else belfry.toml, else /etc/belfry/belfry.toml)"
      )
      ->type_name("FILE");
  for (const Setting<Config>& setting : settings()) {
    const std::string key(setting.key);
    const auto keep = [&sources, key](const std::string& text) { sources.flags[key] = text; };
    const std::string help(setting.help);
    if (setting.type == Type::boolean) {
      command.add_flag_function(
          flag_name(key) + "{true}",
          [&sources, key, &command](std::int64_t) {
            sources.flags[key] = command.get_option(flag_name(key))->results().back();
          },
          help
      );
    } else {
      command.add_option_function<std::string>(flag_name(key), keep, help)->type_name("VALUE");
    }
  }
}

}  // namespace belfry::server
