#pragma once
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "server/config/config.hpp"

namespace belfry::server {

/// Texts by key, as flags gave them.
using FlagValues = std::map<std::string, std::string, std::less<>>;

struct ConfigSources {
  FlagValues flags;
  /// All of the process; only our names are looked at. An unknown `BELFRY_…` is an error.
  std::vector<std::pair<std::string, std::string>> environment;
  /// Must exist when given (`--config`, or else `BELFRY_CONFIG`).
  std::optional<std::string> file;
  /// Else the first of these that exists.
  std::vector<std::string> default_files = {"belfry.toml", "/etc/belfry/belfry.toml"};
};

/// The effective values and where they came from: key to "belfry.toml:12", "BELFRY_HTTP__PORT" or
/// "--http-port"; keys with their default are absent.
struct LoadedConfig {
  Config config;
  std::map<std::string, std::string, std::less<>> origins;
  std::string file;  // empty: none
};

/// Flags > environment (`BELFRY_HTTP__PORT`, or `…_FILE` naming a file that holds the value, then
/// the names of the applications' documents, `DB_HOST` and its like last) > file > defaults.
/// @return Errc::invalid_argument with one line per mistake: unknown keys with the nearest known
/// one, wrong types with key, place and what is expected.
base::Result<LoadedConfig> load_config(const ConfigSources& sources);

/// `environ` as `ConfigSources` takes it.
std::vector<std::pair<std::string, std::string>> process_environment();

}  // namespace belfry::server
