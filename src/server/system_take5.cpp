// Take5 as part of the system.
#include "base/log.hpp"
#include "call/message.hpp"
#include "net/address.hpp"
#include "server/system.hpp"

namespace belfry::server {
namespace {

apps::take5::CallSettings call_settings(const Config& config) {
  apps::take5::CallSettings settings;
  settings.record = config.take5.record;
  settings.detect_machines = config.take5.detect_machines;
  settings.international = config.take5.international;
  settings.ring = config.take5.ring_timeout;
  settings.retries = static_cast<int>(config.take5.retries);
  settings.longest = config.take5.max_duration;
  settings.most_participants = config.take5.max_participants;
  settings.notice = config.take5.notice;
  settings.reminder = config.take5.reminder;
  settings.voice = config.speech.voice;
  settings.language = config.speech.language;
  return settings;
}

}  // namespace

void System::make_take5(const Config& config) {
  apps::take5::Application::Settings settings;
  settings.account_sid = accounts_.main().sid;
  settings.environment = config.take5.environment;
  settings.seed = config.take5.seed;
  settings.calls = call_settings(config);
  settings.calls.outbound_number = config.twilio.phone_number.value_or("");
  if (settings.calls.outbound_number.empty()) settings.calls.outbound_number = default_number;
  take5_number_ = config.take5.outbound_number;
  const auto listen = net::IpAddress::parse(config.listen);
  settings.door.open = listen && listen->is_loopback() && !config.http.require_sign_in;  // rule A1
  settings.door.has_session = [this](const http::Request& request) {
    return access_->has_session(request);
  };
  if (config.take5.rate_per_minute != 0)
    settings.door.rate_per_minute = config.take5.rate_per_minute;
  take5_ = std::make_unique<apps::take5::Application>(
      apps::take5::Application::Parts{
          platform_.loop, platform_.random, *switchboard_, conferences_, platform_.speech,
          messaging_->messages(), metrics_, scheduling_->jobs(), scheduling_->schedules(), accounts_
      },
      settings
  );
  switchboard_->add_program(take5_->program());
  take5_->add_to(router_);
}

/// The setting may be a number, or the SID of one of ours. The document's placeholder is neither:
/// then it is as if nothing was set.
void System::name_take5() {
  if (take5_number_.empty()) return;
  std::optional<std::string> number;
  if (auto given = call::normalize_receiver(take5_number_)) number = std::move(*given);
  if (const call::Document* known = directory_->number(take5_number_))
    if (const auto* own = base::json::find_string(known->value, "phone_number"))
      number.emplace(own->c_str(), own->size());
  if (number) {
    take5_->set_outbound_number(*number);
  } else {
    base::log::warning(
        "take5.unknown_number", {{"shown", take5_->calls().settings().outbound_number}}
    );
  }
}

}  // namespace belfry::server
