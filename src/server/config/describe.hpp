#pragma once
#include <string>

#include "base/json.hpp"
#include "server/config/load.hpp"

namespace belfry::server {

/// What `belfry config` prints: one `key = value  # where from` a line, secrets masked.
std::string describe(const LoadedConfig& loaded);
/// The same for programs: {"file", "settings": {key: {"value", "origin"}}, "trunk": [...], ...}.
base::json::object describe_json(const LoadedConfig& loaded);
/// docs/configuration.md, made from the table of settings.
std::string render_reference();

}  // namespace belfry::server
