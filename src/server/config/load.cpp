#include "server/config/load.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "server/config/database_variables.hpp"
#include "server/config/file_reader.hpp"
#include "server/config/settings.hpp"

namespace belfry::server {
namespace {

using base::Errc;
using base::Result;

constexpr std::string_view our_prefix = "BELFRY_";
constexpr std::string_view file_suffix = "_FILE";
constexpr std::string_view config_name = "BELFRY_CONFIG";
/// No setting: commands tell a server by it who they are.
constexpr std::string_view credentials_name = "BELFRY_CREDENTIALS";

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) return base::fail(Errc::io, "cannot read " + path);
  return text;
}

void assign_text(
    const Setting<Config>& setting, std::string_view text, const std::string& origin,
    LoadedConfig& loaded, Mistakes& mistakes
) {
  const auto value = parse_value(setting.type, text);
  if (!value) return mistakes.add(origin, value.error().message);
  if (const auto assigned = setting.assign(loaded.config, *value); !assigned)
    return mistakes.add(origin, assigned.error().message);
  loaded.origins[std::string(setting.key)] = origin;
}

/// The process's variables, by name.
class Environment {
 public:
  explicit Environment(const std::vector<std::pair<std::string, std::string>>& all)
      : variables_(all.begin(), all.end()) {}

  const std::string* find(std::string_view name) {
    const auto found = variables_.find(name);
    if (found == variables_.end()) return nullptr;
    used_.insert(found->first);
    return &found->second;
  }

  void complain_about_unknown(Mistakes& mistakes) const {
    std::vector<std::string> names;
    for (const auto& setting : settings()) names.push_back(environment_name(setting.key));
    const std::vector<std::string_view> known(names.begin(), names.end());
    for (const auto& [name, value] : variables_)
      if (name.starts_with(our_prefix) && !used_.contains(name))
        mistakes.add_unknown(name, "variable", name, known);
  }

 private:
  std::map<std::string, std::string, std::less<>> variables_;
  std::set<std::string, std::less<>> used_;
};

void read_variable(
    const Setting<Config>& setting, Environment& environment, LoadedConfig& loaded,
    Mistakes& mistakes
) {
  // Later wins: our own name is more exact than the one that several programs know.
  if (!setting.environment.empty())
    if (const auto* text = environment.find(setting.environment))
      assign_text(setting, *text, std::string(setting.environment), loaded, mistakes);
  const std::string name = environment_name(setting.key);
  const std::string file_name = name + std::string(file_suffix);
  const auto* text = environment.find(name);
  const auto* file = environment.find(file_name);
  if (text != nullptr && file != nullptr) return mistakes.add(file_name, "is given beside " + name);
  if (text != nullptr) assign_text(setting, *text, name, loaded, mistakes);
  if (file == nullptr) return;
  const auto content = read_file(*file);
  if (!content) return mistakes.add(file_name, content.error().message);
  // Editors end a file with a new line that is not part of the secret.
  std::string_view value = *content;
  while (value.ends_with('\n') || value.ends_with('\r')) value.remove_suffix(1);
  assign_text(setting, value, file_name, loaded, mistakes);
}

/// Before the variables that hold a whole URL: they are more exact.
void read_database_variables(Environment& environment, LoadedConfig& loaded) {
  const auto url = database_url_of([&](std::string_view name) { return environment.find(name); });
  if (!url) return;
  loaded.config.database_url = *url;
  loaded.origins["database_url"] = "DB_HOST";
}

void read_flags(const FlagValues& flags, LoadedConfig& loaded, Mistakes& mistakes) {
  for (const auto& [key, text] : flags) {
    const auto setting = std::ranges::find(settings(), key, &Setting<Config>::key);
    if (setting == settings().end())
      mistakes.add(flag_name(key), "unknown flag");
    else
      assign_text(*setting, text, flag_name(key), loaded, mistakes);
  }
}

/// The file to read; empty: none.
Result<std::string> choose_file(const ConfigSources& sources, Environment& environment) {
  const auto* named = environment.find(config_name);
  environment.find(credentials_name);
  std::string wanted = sources.file.value_or(named == nullptr ? "" : *named);
  if (!wanted.empty()) return wanted;
  for (const std::string& file : sources.default_files)
    if (::access(file.c_str(), F_OK) == 0) return file;
  return std::string();
}

template <class Entry>
void check_unique(
    const std::vector<Entry>& entries, std::string Entry::* name, std::string_view list,
    Mistakes& mistakes
) {
  std::set<std::string_view> seen;
  for (const Entry& entry : entries)
    if (!(entry.*name).empty() && !seen.insert(entry.*name).second)
      mistakes.add("[[" + std::string(list) + "]]", "\"" + entry.*name + "\" is there twice");
}

void check_codecs(const std::vector<std::string>& names, Mistakes& mistakes) {
  const std::vector<std::string_view> known = {"opus", "G722", "PCMU", "PCMA"};
  if (names.empty()) mistakes.add("media.codecs", "names none");
  for (const std::string& name : names) {
    const bool is_known = std::ranges::any_of(known, [&](std::string_view each) {
      return base::equals_ignoring_case(each, name);
    });
    if (!is_known) mistakes.add_unknown("media.codecs", "codec", name, known);
  }
}

/// What concerns several values.
void check_together(const Config& config, Mistakes& mistakes) {
  check_codecs(config.media.codecs, mistakes);
  check_unique(config.trunks, &TrunkConfig::name, "trunk", mistakes);
  check_unique(config.phones, &PhoneConfig::user, "phone", mistakes);
  check_unique(config.phones, &PhoneConfig::number, "phone", mistakes);
  check_unique(config.numbers, &NumberConfig::number, "number", mistakes);
  check_unique(config.sim.phones, &SimulatedPhoneConfig::number, "sim.phone", mistakes);
  std::vector<std::string_view> trunks = {"simulator"};
  for (const TrunkConfig& trunk : config.trunks) trunks.push_back(trunk.name);
  for (const RouteConfig& route : config.routes)
    if (!route.trunk.empty() && std::ranges::find(trunks, route.trunk) == trunks.end())
      mistakes.add_unknown("[[route]]", "trunk", route.trunk, trunks);
  for (const NumberConfig& number : config.numbers)
    if (number.voice_url.empty() == number.twiml.empty() &&
        (number.sms_url.empty() || !number.twiml.empty()))
      mistakes.add(
          "[[number]]", number.number + " needs either voice_url or twiml, or sms_url alone"
      );
  check_unique(config.message_carriers, &MessageCarrierConfig::name, "message_carrier", mistakes);
  check_unique(config.message_carriers, &MessageCarrierConfig::prefix, "message_carrier", mistakes);
  check_unique(config.siprecs, &SiprecConfig::name, "siprec", mistakes);
  for (const SiprecConfig& siprec : config.siprecs)
    if (!siprec.uri.empty() && !siprec.uri.starts_with("sip:") && !siprec.uri.starts_with("sips:"))
      mistakes.add("[[siprec]]", siprec.name + " needs a uri that begins with sip: or sips:");
}

}  // namespace

Result<LoadedConfig> load_config(const ConfigSources& sources) {
  LoadedConfig loaded;
  Mistakes mistakes;
  Environment environment(sources.environment);
  BELFRY_TRY(file, choose_file(sources, environment));
  if (!file.empty()) {
    loaded.file = file;
    BELFRY_TRY(text, read_file(file));
    const auto document = parse_toml(text);
    if (!document)
      return base::fail(Errc::invalid_argument, file + ": " + document.error().message);
    read_file_values(*document, file, loaded, mistakes);
  }
  read_database_variables(environment, loaded);
  for (const auto& setting : settings()) read_variable(setting, environment, loaded, mistakes);
  environment.complain_about_unknown(mistakes);
  read_flags(sources.flags, loaded, mistakes);
  check_together(loaded.config, mistakes);
  BELFRY_CHECK(mistakes.result());
  return loaded;
}

std::vector<std::pair<std::string, std::string>> process_environment() {
  std::vector<std::pair<std::string, std::string>> all;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos)
      all.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return all;
}

}  // namespace belfry::server
