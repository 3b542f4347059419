// KIN as part of the system.
#include <filesystem>

#include "base/encoding.hpp"
#include "net/url.hpp"
#include "server/system.hpp"

namespace belfry::server {
namespace {

/// Scheme, host and port of the first URL that is given.
std::string origin_of_first(std::initializer_list<std::string_view> urls) {
  for (const std::string_view text : urls) {
    const auto url = net::Url::parse(text);
    if (url) return url->scheme + "://" + url->authority();
  }
  return {};
}

std::string public_url(const Config& config) {
  std::string url = config.kin.base_url;
  if (url.empty()) url = config.http.public_url;
  if (url.empty())
    url = origin_of_first({config.kin.voice_url, config.kin.status_url, config.kin.recording_url});
  while (url.ends_with('/')) url.pop_back();
  return url;
}

/// The same at every start, and another for every account.
std::string own_application_sid(const std::string& account_sid) {
  return "AP" + base::sha256_hex("kin application of " + account_sid).substr(0, 32);
}

std::string first_of(std::initializer_list<std::string> texts) {
  for (const std::string& text : texts)
    if (!text.empty()) return text;
  return {};
}

apps::kin::Routes::Signatures to_signatures(Switch validate) {
  using Signatures = apps::kin::Routes::Signatures;
  switch (validate) {
    case Switch::automatic:
      return Signatures::automatic;
    case Switch::on:
      return Signatures::always;
    case Switch::off:
      return Signatures::never;
  }
  return Signatures::automatic;
}

apps::kin::Routes::Settings route_settings(
    const Config& config, const identity::Keys& keys, const identity::Account& account
) {
  apps::kin::Routes::Settings settings;
  settings.account_sid = account.sid;
  settings.application_sid = first_of(
      {config.twilio.application_sid, config.twilio.twiml_app_sid, own_application_sid(account.sid)}
  );
  const bool own_key = config.twilio.api_key_sid.empty() || config.twilio.api_key_secret.empty();
  settings.key_sid = own_key ? keys.api_key_sid : config.twilio.api_key_sid;
  settings.key_secret = own_key ? keys.api_key_secret : config.twilio.api_key_secret;
  settings.public_url = public_url(config);
  settings.signatures = to_signatures(config.kin.validate_signatures);
  const auto listen = net::IpAddress::parse(config.listen);
  settings.open_doors = listen && listen->is_loopback() && !config.http.require_sign_in;  // rule A1
  settings.caller_id = first_of(
      {config.kin.number, config.twilio.phone_number.value_or(""), std::string(default_number)}
  );
  settings.fitting_statuses = config.kin.fitting_statuses;
  if (config.kin.rate_per_minute != 0) settings.rate_per_minute = config.kin.rate_per_minute;
  settings.destinations = {
      config.kin.sales, config.kin.support, config.kin.reception, config.kin.agent
  };
  return settings;
}

}  // namespace

void System::make_kin(const Config& config, const identity::Keys& keys) {
  apps::kin::Calls::Settings settings;
  settings.ring_timeout = config.calls.ring_timeout;
  settings.number = config.kin.number;
  if (config.data != ":memory:") {
    settings.recordings_folder = std::filesystem::path(config.data) / "kin" / "recordings";
    std::error_code error;
    std::filesystem::create_directories(settings.recordings_folder, error);
  }
  kin_calls_ =
      std::make_unique<apps::kin::Calls>(platform_.loop, *switchboard_, std::move(settings));
  const identity::Account& account = accounts_.main();
  apps::kin::Routes::Settings routes = route_settings(config, keys, account);
  routes.has_session = [this](const http::Request& request) {
    return access_->has_session(request);
  };
  // Answered in process, so that the host is only a name.
  const std::string base =
      routes.public_url.empty() ? std::string("http://localhost") : routes.public_url;
  // What answers the calls of KIN's browsers.
  directory_->configure_application(
      routes.application_sid, {{"friendly_name", "KIN"},
                               {"voice_url", base + "/voice/twiml"},
                               {"voice_method", "POST"},
                               {"status_callback", base + "/webhooks/call-status"},
                               {"own_application", true},
                               {"application", "kin"}}
  );
  if (!config.kin.number.empty()) {
    call::StatusCallback callback;
    callback.url = base + "/webhooks/call-status";
    callback.own_application = true;
    call::ProgramSpec program{
        "twiml", {{"url", base + "/voice/inbound"}, {"own_application", true}}
    };
    numbers_.set(config.kin.number, std::move(program), std::move(callback));
  }
  kin_routes_ = std::make_unique<apps::kin::Routes>(
      platform_.loop, *kin_calls_, accounts_, identity::TwilioSigner(account.auth_token),
      std::move(routes)
  );
  kin_routes_->add_to(router_);
}

}  // namespace belfry::server
