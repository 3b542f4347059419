#pragma once
#include <string>

#include "server/config/load.hpp"
#include "server/config/mistakes.hpp"
#include "server/config/toml_file.hpp"

namespace belfry::server {

/// Puts a file's values into `loaded`; `name` is the file's, for places such as "belfry.toml:3".
void read_file_values(
    const TomlNode& root, const std::string& name, LoadedConfig& loaded, Mistakes& mistakes
);

}  // namespace belfry::server
