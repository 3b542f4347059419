#pragma once
#include <string>

#include "server/config/load.hpp"

namespace CLI {
class App;
}

namespace belfry::server {

/// Gives `command` one option per setting (`--http-port N`, `--sip-tcp[=false]`) and `--config`.
/// After parsing `sources.flags` and `sources.file` hold what was given. `sources` outlives the
/// parsing.
void add_flags(CLI::App& command, ConfigSources& sources);

}  // namespace belfry::server
