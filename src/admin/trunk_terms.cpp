#include "admin/trunk_terms.hpp"

#include <algorithm>

#include "numbering/number.hpp"

namespace belfry::admin {
namespace {

constexpr std::size_t max_name = 64;
constexpr std::size_t max_host = 255;
constexpr std::size_t max_credential = 128;
constexpr std::size_t max_prefixes = 100;
constexpr std::int64_t max_limit = 10'000;

bool is_digit(char each) {
  return each >= '0' && each <= '9';
}

bool is_name(std::string_view name) {
  return std::ranges::all_of(name, [](char each) {
    return is_digit(each) || (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') ||
           each == '-' || each == '_';
  });
}

bool is_prefix(std::string_view prefix) {
  if (prefix.starts_with('+')) prefix.remove_prefix(1);
  return prefix.size() <= 15 && std::ranges::all_of(prefix, is_digit);
}

std::vector<std::string> read_prefixes(BodyReader& body) {
  const base::json::value* member = body.find("prefixes");
  if (member == nullptr) return {""};
  std::vector<std::string> prefixes;
  if (member->is_array() && member->as_array().size() <= max_prefixes) {
    for (const base::json::value& each : member->as_array()) {
      if (each.is_string() && is_prefix(each.as_string())) prefixes.emplace_back(each.as_string());
    }
    if (!prefixes.empty() && prefixes.size() == member->as_array().size()) return prefixes;
  }
  body.complain(
      "prefixes", "invalid", "prefixes must be beginnings of numbers, \"+507\"; \"\" means all"
  );
  return {};
}

bool read_truth(BodyReader& body, std::string_view name) {
  const base::json::value* member = body.find(name);
  if (member == nullptr) return false;
  if (!member->is_bool()) body.complain(name, "type", std::string(name) + " must be true or false");
  return member->is_bool() && member->as_bool();
}

std::uint32_t read_limit(BodyReader& body, std::string_view name, std::uint32_t otherwise) {
  const auto limit = body.optional_integer(name, 1, max_limit);
  return limit ? static_cast<std::uint32_t>(*limit) : otherwise;
}

}  // namespace

TrunkTerms read_trunk(BodyReader& body) {
  TrunkTerms terms;
  terms.name = body.required_text("name", max_name).value_or("");
  if (!is_name(terms.name))
    body.complain("name", "invalid", "name must be of letters, digits, - and _");
  terms.host = body.required_text("host", max_host).value_or("");
  terms.transport = body.optional_text("transport", 8).value_or("udp");
  if (terms.transport != "udp" && terms.transport != "tcp" && terms.transport != "tls")
    body.complain("transport", "invalid", "transport must be udp, tcp or tls");
  terms.username = body.optional_text("username", max_credential).value_or("");
  terms.password = body.optional_text("password", max_credential).value_or("");
  terms.register_out = read_truth(body, "register");
  if (terms.register_out && terms.username.empty())
    body.complain("username", "missing", "a trunk that registers needs a user name");
  terms.prefixes = read_prefixes(body);
  terms.caller_id = body.optional_text("caller_id", max_name).value_or("");
  terms.max_calls_per_second = read_limit(body, "max_calls_per_second", terms.max_calls_per_second);
  terms.max_channels = read_limit(body, "max_channels", terms.max_channels);
  terms.max_waiting = read_limit(body, "max_waiting", terms.max_waiting);
  terms.country = body.optional_text("country", 2).value_or("");
  if (!terms.country.empty() && !numbering::is_country(terms.country))
    body.complain("country", "invalid", "country must be two capital letters, US (ISO 3166-1)");
  terms.srtp = body.optional_text("srtp", 8).value_or("off");
  if (terms.srtp != "off" && terms.srtp != "optional" && terms.srtp != "required")
    body.complain("srtp", "invalid", "srtp must be off, optional or required");
  return terms;
}

base::json::object public_members(const TrunkTerms& terms) {
  base::json::array prefixes;
  for (const std::string& prefix : terms.prefixes) prefixes.emplace_back(prefix);
  return {
      {"name", terms.name},
      {"host", terms.host},
      {"transport", terms.transport},
      {"username", terms.username},
      {"register", terms.register_out},
      {"prefixes", std::move(prefixes)},
      {"caller_id", terms.caller_id},
      {"max_calls_per_second", terms.max_calls_per_second},
      {"max_channels", terms.max_channels},
      {"max_waiting", terms.max_waiting},
      {"country", terms.country},
      {"srtp", terms.srtp},
  };
}

base::json::object all_members(const TrunkTerms& terms) {
  base::json::object members = public_members(terms);
  members["password"] = terms.password;
  // Empty texts are no texts to the reader.
  for (const char* name : {"username", "password", "caller_id", "country"})
    if (members[name].as_string().empty()) members.erase(name);
  return members;
}

}  // namespace belfry::admin
