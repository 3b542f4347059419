#include "server/system.hpp"

namespace belfry::server {
namespace {

bool given_as_empty(const std::optional<std::string>& value) {
  return value && value->empty();
}

}  // namespace

void System::make_flux(const Config& config, const identity::TwilioSigner& signer) {
  apps::flux::Notifications::Settings settings;
  settings.from = config.twilio.phone_number.value_or(config.flux.from);
  if (settings.from.empty()) settings.from = default_number;
  settings.webhook_url = config.flux.webhook_url;
  settings.ring_timeout = config.calls.ring_timeout;
  settings.hours = {
      std::chrono::hours(config.flux.calling_from), std::chrono::hours(config.flux.calling_until)
  };
  notifications_ = std::make_unique<apps::flux::Notifications>(
      platform_.loop, platform_.random, *switchboard_, std::move(settings)
  );

  using apps::flux::Routes;
  Routes::Settings routes;
  routes.initialized = !given_as_empty(config.twilio.account_sid) &&
                       !given_as_empty(config.twilio.auth_token) &&
                       !given_as_empty(config.twilio.phone_number);
  switch (config.flux.validate_signatures) {
    case Switch::automatic:
      routes.signatures = Routes::Signatures::automatic;
      break;
    case Switch::on:
      routes.signatures = Routes::Signatures::always;
      break;
    case Switch::off:
      routes.signatures = Routes::Signatures::never;
      break;
  }
  if (config.flux.rate_per_minute != 0) routes.rate_per_minute = config.flux.rate_per_minute;
  routes.public_url = config.http.public_url;
  flux_routes_ =
      std::make_unique<Routes>(platform_.loop, *notifications_, signer, std::move(routes));
  flux_routes_->add_to(router_);
}

}  // namespace belfry::server
