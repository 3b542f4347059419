#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/config/value.hpp"

namespace belfry::server {

/// One thing that can be set in a `Root`: in `Config` itself, or in an entry of one of its lists.
template <class Root>
struct Setting {
  std::string_view key;  // "http.port"
  std::string_view help;
  Type type = Type::text;
  std::vector<std::string_view> words;  // the only possible ones; empty: any
  bool required = false;                // an entry without it is an error
  bool secret = false;                  // shown masked
  std::string_view environment;         // a second name that applications' documents give
  /// `value` is of `type`.
  std::function<base::Result<>(Root&, const Value& value)> assign;
  /// Nothing: not set and without default.
  std::function<std::optional<Value>(const Root&)> get;
};

/// All keys, in the order of the documentation.
const std::vector<Setting<Config>>& settings();
const std::vector<Setting<TrunkConfig>>& trunk_settings();
const std::vector<Setting<RouteConfig>>& route_settings();
const std::vector<Setting<PhoneConfig>>& phone_settings();
const std::vector<Setting<NumberConfig>>& number_settings();
const std::vector<Setting<MessageCarrierConfig>>& message_carrier_settings();
const std::vector<Setting<SiprecConfig>>& siprec_settings();

/// `http.tls_port` is `BELFRY_HTTP__TLS_PORT` and `--http-tls-port`.
std::string environment_name(std::string_view key);
std::string flag_name(std::string_view key);

/// What `describe` shows of a secret.
inline constexpr std::string_view masked = "********";

}  // namespace belfry::server
