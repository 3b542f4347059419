#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace belfry::server {

struct TomlMember;

/// A TOML document with its lines.
struct TomlNode {
  enum class Kind { text, integer, number, boolean, list, table, date };

  Kind kind = Kind::table;
  std::size_t line = 0;
  std::string text;
  std::int64_t integer = 0;
  double number = 0;
  bool boolean = false;
  std::vector<TomlNode> items;      // of a list
  std::vector<TomlMember> members;  // of a table, in the order of the file
};

struct TomlMember {
  std::string name;
  TomlNode node;
};

std::string_view name_of(TomlNode::Kind kind);

/// @return Errc::malformed with the line and the reason.
base::Result<TomlNode> parse_toml(std::string_view text);

}  // namespace belfry::server
