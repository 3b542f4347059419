#pragma once
#include <memory>

#include "server/config/load.hpp"

namespace CLI {
class App;
}

/// The commands of the program. Each sets the exit status: 0, 1 for a failure of the thing asked
/// for, 2 for a mistake of whoever asked.
namespace belfry::server {

void add_serve_command(CLI::App& program, int& status);
void add_config_command(CLI::App& program, int& status);
void add_keys_command(CLI::App& program, int& status);
void add_call_command(CLI::App& program, int& status);
void add_trace_command(CLI::App& program, int& status);
void add_sim_command(CLI::App& program, int& status);
void add_doctor_command(CLI::App& program, int& status);

/// The flags of the configuration for `command`, and where they go: shared by the options, which
/// CLI11 fills, and the callback, which reads them.
std::shared_ptr<ConfigSources> add_config_flags(CLI::App& command);

}  // namespace belfry::server
