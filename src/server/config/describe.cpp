#include "server/config/describe.hpp"

#include "server/config/settings.hpp"

namespace belfry::server {
namespace {

using base::json::object;
using base::json::value;

value to_json(const Value& from) {
  switch (type_of(from)) {
    case Type::text:
      return value(std::get<std::string>(from));
    case Type::integer:
      return std::get<std::int64_t>(from);
    case Type::boolean:
      return std::get<bool>(from);
    case Type::texts: {
      const auto& items = std::get<std::vector<std::string>>(from);
      return base::json::array(items.begin(), items.end());
    }
    case Type::integers: {
      const auto& items = std::get<std::vector<std::int64_t>>(from);
      return base::json::array(items.begin(), items.end());
    }
  }
  return nullptr;
}

/// The value as it may be shown; an empty secret is no secret, nor is a default.
template <class Root>
std::optional<Value> shown(const Setting<Root>& setting, const Root& root) {
  auto found = setting.get(root);
  if (!found || !setting.secret) return found;
  if (*found == Value(std::string()) || found == setting.get(Root())) return found;
  return Value(std::string(masked));
}

std::string origin_of(const LoadedConfig& loaded, std::string_view key) {
  const auto found = loaded.origins.find(key);
  return found == loaded.origins.end() ? "default" : found->second;
}

/// Calls `visit(name, table, entries)` for each list whose entries have a table.
template <class Visit>
void for_each_list(const Config& config, Visit visit) {
  visit("trunk", trunk_settings(), config.trunks);
  visit("route", route_settings(), config.routes);
  visit("phone", phone_settings(), config.phones);
  visit("number", number_settings(), config.numbers);
  visit("message_carrier", message_carrier_settings(), config.message_carriers);
  visit("siprec", siprec_settings(), config.siprecs);
}

template <class Root>
void append_reference(std::string& text, const std::vector<Setting<Root>>& table) {
  const Root defaults;
  text += "| key | default | meaning |\n|---|---|---|\n";
  for (const Setting<Root>& setting : table) {
    const auto by_default = setting.get(defaults);
    std::string start = by_default ? "`" + to_toml(*by_default) + "`" : "not set";
    if (setting.required) start = "required";
    text.append("| `").append(setting.key).append("` | ").append(start).append(" | ");
    text.append(setting.help);
    std::string words;
    for (const std::string_view word : setting.words)
      words.append(words.empty() ? "" : ", ").append("`").append(word).append("`");
    if (!words.empty())
      text.append(setting.help.empty() ? "" : ". ").append("One of ").append(words);
    if (!setting.environment.empty())
      text.append(". Also `").append(setting.environment).append("` in the environment");
    text += " |\n";
  }
}

}  // namespace

std::string describe(const LoadedConfig& loaded) {
  std::string text = loaded.file.empty() ? "# no file\n" : "# file: " + loaded.file + "\n";
  for (const auto& setting : settings()) {
    const auto value = shown(setting, loaded.config);
    text.append(value ? "" : "# ").append(setting.key).append(" = ");
    text.append(value ? to_toml(*value) : "(not set)");
    text.append("  # ").append(origin_of(loaded, setting.key)).append("\n");
  }
  const auto start_entry = [&](const std::string& name, std::size_t index) {
    const std::string origin = origin_of(loaded, name + "[" + std::to_string(index) + "]");
    text.append("\n[[").append(name).append("]]  # ").append(origin).append("\n");
  };
  for_each_list(loaded.config, [&](const std::string& name, const auto& table, const auto& list) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      start_entry(name, i);
      for (const auto& setting : table)
        if (const auto value = shown(setting, list[i]))
          text.append(setting.key).append(" = ").append(to_toml(*value)).append("\n");
    }
  });
  for (std::size_t i = 0; i < loaded.config.sim.phones.size(); ++i) {
    const SimulatedPhoneConfig& phone = loaded.config.sim.phones[i];
    start_entry("sim.phone", i);
    text.append("number = ").append(to_toml(Value(phone.number))).append("\n");
    text.append("# ").append(base::json::serialize(phone.behaviour)).append("\n");
  }
  return text;
}

object describe_json(const LoadedConfig& loaded) {
  object all;
  all["file"] = loaded.file;
  object values;
  for (const auto& setting : settings()) {
    const auto found = shown(setting, loaded.config);
    values[setting.key] = {
        {"value", found ? to_json(*found) : value(nullptr)},
        {"origin", origin_of(loaded, setting.key)}
    };
  }
  all["settings"] = std::move(values);
  for_each_list(loaded.config, [&](const std::string& name, const auto& table, const auto& list) {
    base::json::array entries;
    for (const auto& each : list) {
      object entry;
      for (const auto& setting : table)
        if (const auto found = shown(setting, each)) entry[setting.key] = to_json(*found);
      entries.push_back(std::move(entry));
    }
    all[name] = std::move(entries);
  });
  base::json::array phones;
  for (const SimulatedPhoneConfig& phone : loaded.config.sim.phones) {
    object entry = phone.behaviour;
    entry["number"] = phone.number;
    phones.push_back(std::move(entry));
  }
  all["sim.phone"] = std::move(phones);
  return all;
}

std::string render_reference() {
  std::string text =
      "# Configuration\n\n"
      "Made from the table in `src/server/config/settings.cpp`; a test compares the two.\n\n"
      "Flags come before the environment, the environment before the file, the file before the "
      "defaults.\nThe file is the one that `--config` or `BELFRY_CONFIG` names, else "
      "`./belfry.toml`, else `/etc/belfry/belfry.toml`.\n`http.port` is `port` in the table "
      "`[http]` of the file, `BELFRY_HTTP__PORT` in the environment and `--http-port` as a flag.\n"
      "`BELFRY_FLUX__WEBHOOK_SECRET_FILE` names a file that holds the value; so does `..._FILE` "
      "for "
      "every key.\nLists are separated by commas in the environment and in flags.\n"
      "An unknown key is an error. `belfry config` prints the effective values and where each came "
      "from.\n\n";
  append_reference(text, settings());
  text += "\n## Lists\n\nOnly in the file; each entry is a table in double brackets.\n";
  for_each_list(Config(), [&](const std::string& name, const auto& table, const auto&) {
    text.append("\n### `[[").append(name).append("]]`\n\n");
    append_reference(text, table);
  });
  text +=
      "\n### `[[sim.phone]]`\n\n"
      "A simulated phone: `number` and the members of the body of `PUT /sim/phones/{number}` "
      "(`on_call`, `answer_after_ms`, `script`, `network`, `on_message`).\n";
  return text;
}

}  // namespace belfry::server
