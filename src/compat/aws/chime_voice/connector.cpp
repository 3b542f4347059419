#include "compat/aws/chime_voice/connector.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "call/ip_range.hpp"
#include "call/json_members.hpp"
#include "compat/aws/chime_voice/context.hpp"
#include "numbering/number.hpp"

namespace belfry::compat::aws::chime_voice {
namespace {

constexpr std::size_t max_routes = 20;
constexpr std::size_t max_ranges = 30;
constexpr unsigned widest_range = 27;  // of IPv4; wider ones are refused

base::json::array to_array(const std::vector<std::string>& texts) {
  base::json::array items;
  for (const std::string& text : texts) items.emplace_back(text);
  return items;
}

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
  });
}

std::optional<int> whole_number(const Input& input, std::string_view name, int least, int most) {
  const auto number = input.number(name);
  if (!number || *number < least || *number > most) return std::nullopt;
  return static_cast<int>(*number);
}

bool is_range(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  const auto bits = base::parse_unsigned(text.substr(slash + 1));
  return bits && *bits >= widest_range && *bits <= 32 &&
         call::IpRange::make(text.substr(0, slash), static_cast<unsigned>(*bits)).has_value();
}

std::expected<OriginationRoute, Failure> read_route(const Input& input) {
  OriginationRoute route;
  route.host = input.text("Host");
  if (!is_host(route.host)) return std::unexpected(bad_request("Origination: Host is no host"));
  const auto port = input.has("Port") ? whole_number(input, "Port", 1, 65'535) : 5060;
  const auto priority = whole_number(input, "Priority", 1, 100);
  const auto weight = whole_number(input, "Weight", 1, 100);
  if (!port || !priority || !weight)
    return std::unexpected(
        bad_request("Origination: Port must be 1 to 65535, Priority and Weight 1 to 100")
    );
  route.port = static_cast<std::uint16_t>(*port);
  route.priority = *priority;
  route.weight = *weight;
  if (input.has("Protocol")) route.protocol = input.text("Protocol");
  if (route.protocol != "TCP" && route.protocol != "UDP")
    return std::unexpected(bad_request("Origination: Protocol must be TCP or UDP"));
  return route;
}

}  // namespace

std::expected<Origination, Failure> read_origination(const Input& input) {
  const auto routes = input.objects("Routes");
  if (routes.size() > max_routes)
    return std::unexpected(bad_request("Origination: at most 20 Routes"));
  Origination origination;
  for (const base::json::object& each : routes) {
    auto route = read_route(Input(each));
    if (!route) return std::unexpected(route.error());
    origination.routes.push_back(std::move(*route));
  }
  origination.disabled = input.flag("Disabled").value_or(false);
  return origination;
}

std::expected<Termination, Failure> read_termination(const Input& input) {
  Termination termination;
  if (input.has("CpsLimit")) {
    const auto limit = whole_number(input, "CpsLimit", 1, 10'000);
    if (!limit) return std::unexpected(bad_request("Termination: CpsLimit must be 1 or more"));
    termination.cps_limit = static_cast<std::uint32_t>(*limit);
  }
  termination.default_phone_number = input.text("DefaultPhoneNumber");
  termination.calling_regions = input.texts("CallingRegions");
  termination.cidr_allowed_list = input.texts("CidrAllowedList");
  termination.disabled = input.flag("Disabled").value_or(false);
  const std::string& number = termination.default_phone_number;
  if (!number.empty() && !number.starts_with('+'))
    return std::unexpected(bad_request("Termination: DefaultPhoneNumber must be E.164"));
  if (!std::ranges::all_of(termination.calling_regions, numbering::is_country))
    return std::unexpected(
        bad_request("Termination: CallingRegions must be ISO 3166-1 codes of countries")
    );
  const auto& ranges = termination.cidr_allowed_list;
  if (ranges.size() > max_ranges || !std::ranges::all_of(ranges, is_range))
    return std::unexpected(
        bad_request("Termination: CidrAllowedList must be at most 30 ranges of /27 to /32")
    );
  return termination;
}

base::json::object to_json(const Origination& origination) {
  base::json::array routes;
  for (const OriginationRoute& route : origination.routes)
    routes.emplace_back(base::json::object{
        {"Host", route.host},
        {"Port", route.port},
        {"Protocol", route.protocol},
        {"Priority", route.priority},
        {"Weight", route.weight},
    });
  return {{"Routes", std::move(routes)}, {"Disabled", origination.disabled}};
}

base::json::object to_json(const Termination& termination) {
  base::json::object shown{
      {"CpsLimit", termination.cps_limit},
      {"CallingRegions", to_array(termination.calling_regions)},
      {"CidrAllowedList", to_array(termination.cidr_allowed_list)},
      {"Disabled", termination.disabled},
  };
  if (!termination.default_phone_number.empty())
    shown["DefaultPhoneNumber"] = termination.default_phone_number;
  return shown;
}

call::Document Connector::to_document() const {
  call::Document document{std::string(collection), id, account_sid, {}, created};
  document.value = {
      {"region", region},
      {"name", name},
      {"require_encryption", require_encryption},
      {"updated", base::to_unix_micros(updated)},
      {"logs_sip", logs_sip},
      {"logs_media", logs_media},
  };
  if (origination) document.value["origination"] = to_json(*origination);
  if (termination) document.value["termination"] = to_json(*termination);
  return document;
}

Connector Connector::from_document(const call::Document& document) {
  Connector connector;
  const base::json::object& value = document.value;
  connector.id = document.key;
  connector.account_sid = document.tag;
  connector.created = document.created;
  connector.region = call::text_member(value, "region");
  connector.name = call::text_member(value, "name");
  connector.require_encryption = call::flag_member(value, "require_encryption");
  connector.updated = base::from_unix_micros(call::number_member(value, "updated"));
  connector.logs_sip = call::flag_member(value, "logs_sip");
  connector.logs_media = call::flag_member(value, "logs_media");
  if (value.contains("origination")) {
    const base::json::object members = call::object_member(value, "origination");
    connector.origination = read_origination(Input(members)).value_or(Origination());
  }
  if (value.contains("termination")) {
    const base::json::object members = call::object_member(value, "termination");
    connector.termination = read_termination(Input(members)).value_or(Termination());
  }
  return connector;
}

}  // namespace belfry::compat::aws::chime_voice
