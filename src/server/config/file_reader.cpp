#include "server/config/file_reader.hpp"

#include <algorithm>
#include <cmath>

#include "server/config/settings.hpp"

namespace belfry::server {
namespace {

using Kind = TomlNode::Kind;

template <class Root>
const Setting<Root>* find(const std::vector<Setting<Root>>& table, std::string_view key) {
  const auto found = std::ranges::find(table, key, &Setting<Root>::key);
  return found == table.end() ? nullptr : &*found;
}

template <class Root>
std::vector<std::string_view> keys_of(const std::vector<Setting<Root>>& table) {
  std::vector<std::string_view> keys;
  for (const Setting<Root>& setting : table) keys.push_back(setting.key);
  return keys;
}

/// The node as a value of `type`, or nothing.
std::optional<Value> value_of(const TomlNode& node, Type type) {
  switch (type) {
    case Type::text:
      if (node.kind == Kind::text) return node.text;
      return std::nullopt;
    case Type::integer:
      if (node.kind == Kind::integer) return node.integer;
      return std::nullopt;
    case Type::boolean:
      if (node.kind == Kind::boolean) return node.boolean;
      return std::nullopt;
    case Type::texts: {
      std::vector<std::string> texts;
      if (node.kind != Kind::list) return std::nullopt;
      for (const TomlNode& item : node.items) {
        if (item.kind != Kind::text) return std::nullopt;
        texts.push_back(item.text);
      }
      return texts;
    }
    case Type::integers: {
      std::vector<std::int64_t> numbers;
      if (node.kind != Kind::list) return std::nullopt;
      for (const TomlNode& item : node.items) {
        if (item.kind != Kind::integer) return std::nullopt;
        numbers.push_back(item.integer);
      }
      return numbers;
    }
  }
  return std::nullopt;
}

base::json::value to_json(const TomlNode& node) {
  switch (node.kind) {
    case Kind::integer:
      return node.integer;
    case Kind::number:
      // JSON has no infinity; what gets null instead refuses it.
      if (!std::isfinite(node.number)) return nullptr;
      return node.number;
    case Kind::boolean:
      return node.boolean;
    case Kind::list: {
      base::json::array items;
      for (const TomlNode& item : node.items) items.push_back(to_json(item));
      return items;
    }
    case Kind::table: {
      base::json::object members;
      for (const auto& [key, value] : node.members) members[key] = to_json(value);
      return members;
    }
    case Kind::text:
    case Kind::date:
      break;
  }
  return base::json::value(node.text);
}

class Reader {
 public:
  Reader(const std::string& file, LoadedConfig& loaded, Mistakes& mistakes)
      : file_(file), loaded_(loaded), mistakes_(mistakes) {}

  void read_table(const TomlNode& table, const std::string& prefix) {
    for (const auto& [name, node] : table.members) {
      const std::string key = prefix + name;
      if (read_list_of_entries(key, node)) continue;
      if (const auto* setting = find(settings(), key)) {
        if (assign(*setting, loaded_.config, key, node)) loaded_.origins[key] = place(node);
      } else if (node.kind == Kind::table && is_prefix(key + ".")) {
        read_table(node, key + ".");
      } else {
        auto known = keys_of(settings());
        known.insert(
            known.end(),
            {"trunk", "route", "phone", "number", "message_carrier", "siprec", "sim.phone"}
        );
        mistakes_.add_unknown(place(node), "key", key, known);
      }
    }
  }

 private:
  std::string place(const TomlNode& node) const { return file_ + ":" + std::to_string(node.line); }

  static bool is_prefix(std::string_view prefix) {
    return prefix == "sim." || std::ranges::any_of(settings(), [&](const auto& setting) {
             return setting.key.starts_with(prefix);
           });
  }

  template <class Root>
  bool assign(
      const Setting<Root>& setting, Root& root, const std::string& key, const TomlNode& node
  ) {
    const auto value = value_of(node, setting.type);
    if (!value) {
      std::string what = key + " must be ";
      what.append(name_of(setting.type)).append(", not ").append(name_of(node.kind));
      mistakes_.add(place(node), what);
      return false;
    }
    if (const auto assigned = setting.assign(root, *value); !assigned) {
      mistakes_.add(place(node), key + " " + assigned.error().message);
      return false;
    }
    return true;
  }

  bool read_list_of_entries(const std::string& key, const TomlNode& node) {
    if (key == "trunk") return read_entries(key, node, trunk_settings(), loaded_.config.trunks);
    if (key == "route") return read_entries(key, node, route_settings(), loaded_.config.routes);
    if (key == "phone") return read_entries(key, node, phone_settings(), loaded_.config.phones);
    if (key == "number") return read_entries(key, node, number_settings(), loaded_.config.numbers);
    if (key == "message_carrier")
      return read_entries(key, node, message_carrier_settings(), loaded_.config.message_carriers);
    if (key == "siprec") return read_entries(key, node, siprec_settings(), loaded_.config.siprecs);
    if (key == "sim.phone") return read_simulated_phones(node);
    return false;
  }

  /// @return true: the key was ours, right or wrong.
  bool is_list_of_tables(const std::string& key, const TomlNode& node) {
    const bool right =
        node.kind == Kind::list &&
        std::ranges::all_of(node.items, [](const auto& item) { return item.kind == Kind::table; });
    if (!right) mistakes_.add(place(node), key + " must be written as [[" + key + "]]");
    return right;
  }

  template <class Entry>
  bool read_entries(
      const std::string& key, const TomlNode& node, const std::vector<Setting<Entry>>& table,
      std::vector<Entry>& entries
  ) {
    if (!is_list_of_tables(key, node)) return true;
    for (const TomlNode& item : node.items) {
      loaded_.origins[key + "[" + std::to_string(entries.size()) + "]"] = place(item);
      entries.push_back(read_entry(key, item, table));
    }
    return true;
  }

  template <class Entry>
  Entry read_entry(
      const std::string& key, const TomlNode& item, const std::vector<Setting<Entry>>& table
  ) {
    Entry entry;
    for (const auto& [name, node] : item.members) {
      const std::string path = key + "." + name;
      if (const auto* setting = find(table, name))
        assign(*setting, entry, path, node);
      else
        mistakes_.add_unknown(place(node), "key in [[" + key + "]]", name, keys_of(table));
    }
    for (const auto& setting : table)
      if (setting.required && setting.get(entry) == Value(std::string()))
        mistakes_.add(place(item), "[[" + key + "]] needs " + std::string(setting.key));
    return entry;
  }

  void check_names(
      const TomlNode& table, std::string_view where, const std::vector<std::string_view>& known
  ) {
    for (const auto& [name, node] : table.members)
      if (std::ranges::find(known, name) == known.end())
        mistakes_.add_unknown(place(node), "key in " + std::string(where), name, known);
  }

  /// The values are for the simulator to judge, as those of the API are; the keys are judged here.
  bool read_simulated_phones(const TomlNode& node) {
    if (!is_list_of_tables("sim.phone", node)) return true;
    for (const TomlNode& item : node.items) {
      check_names(
          item, "[[sim.phone]]",
          {"number", "on_call", "answer_after_ms", "script", "network", "on_message"}
      );
      SimulatedPhoneConfig phone{.number = {}, .behaviour = to_json(item).as_object()};
      if (const auto* number = phone.behaviour.if_contains("number");
          number != nullptr && number->is_string())
        phone.number = number->get_string();
      else
        mistakes_.add(place(item), "[[sim.phone]] needs number, a text");
      phone.behaviour.erase("number");
      for (const auto& [name, member] : item.members) {
        if (name == "network")
          check_names(member, "network", {"loss", "jitter_ms", "delay_ms", "one_way"});
        if (name == "on_message") check_names(member, "on_message", {"reply", "after_ms", "error"});
        if (name == "script")
          for (const TomlNode& step : member.items)
            check_names(
                step, "script",
                {"after_speech", "after_ms", "press", "say", "play", "tone_hz", "ms", "hang_up"}
            );
      }
      loaded_.origins["sim.phone[" + std::to_string(loaded_.config.sim.phones.size()) + "]"] =
          place(item);
      loaded_.config.sim.phones.push_back(std::move(phone));
    }
    return true;
  }

  const std::string& file_;
  LoadedConfig& loaded_;
  Mistakes& mistakes_;
};

}  // namespace

void read_file_values(
    const TomlNode& root, const std::string& name, LoadedConfig& loaded, Mistakes& mistakes
) {
  Reader(name, loaded, mistakes).read_table(root, "");
}

}  // namespace belfry::server
