#pragma once
#include <string_view>

#include "server/config/load.hpp"

namespace CLI {
class App;
}

/// The commands of the program. Each returns the exit status: 0, 1 for a failure of the thing asked for, 2 for a
/// mistake of whoever asked.
namespace belfry::server {

std::string_view version();

int serve(const LoadedConfig& loaded);
int print_config(const LoadedConfig& loaded);
void add_keys_command(CLI::App& program, int& status);

}  // namespace belfry::server
