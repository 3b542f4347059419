#include "server/config/toml_file.hpp"

#include <toml++/toml.h>
#include <algorithm>

namespace belfry::server {
namespace {

TomlNode to_node(const toml::node& from);

TomlNode to_table(const toml::table& from) {
  TomlNode node;
  for (const auto& [key, value] : from)
    node.members.push_back({std::string(key.str()), to_node(value)});
  // The library sorts by name.
  std::ranges::stable_sort(node.members, {}, [](const TomlMember& member) {
    return member.node.line;
  });
  return node;
}

TomlNode to_list(const toml::array& from) {
  TomlNode node;
  node.kind = TomlNode::Kind::list;
  for (const toml::node& item : from) node.items.push_back(to_node(item));
  return node;
}

TomlNode to_node(const toml::node& from) {
  TomlNode node;
  if (const auto* table = from.as_table()) {
    node = to_table(*table);
  } else if (const auto* list = from.as_array()) {
    node = to_list(*list);
  } else if (const auto* text = from.as_string()) {
    node.kind = TomlNode::Kind::text;
    node.text = text->get();
  } else if (const auto* integer = from.as_integer()) {
    node.kind = TomlNode::Kind::integer;
    node.integer = integer->get();
  } else if (const auto* number = from.as_floating_point()) {
    node.kind = TomlNode::Kind::number;
    node.number = number->get();
  } else if (const auto* boolean = from.as_boolean()) {
    node.kind = TomlNode::Kind::boolean;
    node.boolean = boolean->get();
  } else {
    node.kind = TomlNode::Kind::date;
  }
  node.line = from.source().begin.line;
  return node;
}

}  // namespace

std::string_view name_of(TomlNode::Kind kind) {
  switch (kind) {
    case TomlNode::Kind::text:
      return "text";
    case TomlNode::Kind::integer:
      return "a whole number";
    case TomlNode::Kind::number:
      return "a number with a fraction";
    case TomlNode::Kind::boolean:
      return "true or false";
    case TomlNode::Kind::list:
      return "a list";
    case TomlNode::Kind::table:
      return "a table";
    case TomlNode::Kind::date:
      return "a date or time";
  }
  return "";
}

base::Result<TomlNode> parse_toml(std::string_view text) {
  try {
    return to_node(toml::parse(text));
  } catch (const toml::parse_error& error) {
    return base::fail(
        base::Errc::malformed, "line " + std::to_string(error.source().begin.line) + ": " +
                                   std::string(error.description())
    );
  }
}

}  // namespace belfry::server
