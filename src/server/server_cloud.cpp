// How the server reaches AWS.
#include "server/server.hpp"

namespace belfry::server {

/// What the owner set up may be asked anywhere, and the machine's own credentials endpoints: on
/// nobody else's word, so webhooks keep their stricter policy (rule W1).
base::Result<> Server::open_cloud() {
  if (!CloudSinks::is_wanted(config_)) return {};
  net::EgressPolicy::Settings settings;
  settings.allow_loopback = true;
  settings.allow = {"169.254.169.254:80", "169.254.170.2:80"};
  if (!config_.aws.endpoint_url.empty()) {
    BELFRY_TRY(url, net::Url::parse(config_.aws.endpoint_url));
    settings.allow.push_back(url.host + ":" + std::to_string(url.port));
  }
  BELFRY_TRY(policy, net::EgressPolicy::create(std::move(settings)));
  cloud_egress_ = std::move(policy);
  std::optional<std::filesystem::path> extra_ca;
  if (!config_.webhook.ca_file.empty()) extra_ca = config_.webhook.ca_file;
  cloud_client_ = http::make_curl_client(driver_, cloud_egress_, {.extra_ca = std::move(extra_ca)});
  return {};
}

}  // namespace belfry::server
