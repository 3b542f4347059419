#include "compat/aws/query_body.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace belfry::compat::aws {
namespace {

using base::Errc;
using base::fail;

constexpr std::size_t max_fields = 20'000;
constexpr std::size_t max_depth = 16;

struct Node {
  std::string text;
  std::map<std::string, Node, std::less<>> children;
};

std::optional<std::string> decode(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  auto decoded = base::percent_decode(spaced);
  if (!decoded || !base::is_valid_utf8(*decoded)) return std::nullopt;
  return decoded;
}

base::json::value to_value(const Node& node);

/// By their numbers, whatever is missing among them.
std::vector<const Node*> in_order(const Node& list) {
  std::map<std::uint64_t, const Node*> numbered;
  for (const auto& [name, child] : list.children)
    if (const auto number = base::parse_unsigned(name)) numbered[*number] = &child;
  std::vector<const Node*> ordered;
  ordered.reserve(numbered.size());
  for (const auto& [number, child] : numbered) ordered.push_back(child);
  return ordered;
}

const Node* child_of(const Node& node, std::string_view name, std::string_view other) {
  auto found = node.children.find(name);
  if (found == node.children.end()) found = node.children.find(other);
  return found == node.children.end() ? nullptr : &found->second;
}

base::json::value to_map(const Node& entries) {
  base::json::object map;
  for (const Node* entry : in_order(entries)) {
    const Node* key = child_of(*entry, "key", "Name");
    const Node* value = child_of(*entry, "value", "Value");
    if (key != nullptr && value != nullptr) map[key->text] = to_value(*value);
  }
  return map;
}

base::json::value to_value(const Node& node) {
  if (node.children.empty()) return base::json::value(node.text);
  if (node.children.size() == 1) {
    const auto& [name, only] = *node.children.begin();
    if (name == "entry") return to_map(only);
    if (name == "member") {
      base::json::array items;
      for (const Node* item : in_order(only)) items.push_back(to_value(*item));
      return items;
    }
  }
  base::json::object members;
  for (const auto& [name, child] : node.children) members[name] = to_value(child);
  return members;
}

}  // namespace

base::Result<base::json::object> parse_query_body(std::string_view body) {
  const auto fields = base::split(body, '&');
  if (fields.size() > max_fields) return fail(Errc::too_large, "too many parameters");
  Node root;
  for (const std::string_view field : fields) {
    if (field.empty()) continue;
    const auto equals = field.find('=');
    const auto name = decode(field.substr(0, equals));
    const auto text =
        decode(equals == std::string_view::npos ? std::string_view() : field.substr(equals + 1));
    if (!name || !text) return fail(Errc::malformed, "a parameter is not valid UTF-8 or escaped");
    const auto path = base::split(*name, '.');
    if (path.size() > max_depth) return fail(Errc::too_large, "a parameter is nested too deeply");
    Node* at = &root;
    for (const std::string_view part : path) at = &at->children[std::string(part)];
    at->text = *text;
  }
  base::json::object members;
  for (const auto& [name, child] : root.children) members[name] = to_value(child);
  return members;
}

}  // namespace belfry::compat::aws
