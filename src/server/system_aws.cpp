// AWS both ways: its services here, and what is sent on to it.
#include "server/system.hpp"

namespace belfry::server {

void System::make_sinks(const Config& config) {
  if (!CloudSinks::is_wanted(config)) return;
  http::Client& client = platform_.cloud == nullptr ? platform_.client : *platform_.cloud;
  sinks_ = std::make_unique<CloudSinks>(
      CloudSinks::Parts{platform_.loop, platform_.random, client, outbox_, accounts_}, config
  );
  sinks_->watch(metrics_, router_);
  sinks_->watch(platform_.store, *recordings_);
}

void System::make_aws(const Config& config, const identity::Keys& keys) {
  AwsFace::Parts parts{
      .loop = platform_.loop,
      .random = platform_.random,
      .journal = platform_.store,
      .metrics = metrics_,
      .messages = messaging_->messages(),
      .directory = *directory_,
      .sip = sip_directory_,
      .sealer = sealer_,
      .accounts = accounts_,
      .pool = platform_.pool,
      .vault = recording_vault_.get(),
      .default_sender = config.twilio.phone_number.value_or(std::string(default_number)),
      .simulator_is_on = simulator_ != nullptr,
  };
  if (parts.default_sender.empty()) parts.default_sender = default_number;
  aws_ = std::make_unique<AwsFace>(std::move(parts), config, keys);
  aws_->add_to(router_);
}

}  // namespace belfry::server
