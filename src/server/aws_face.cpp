#include "server/aws_face.hpp"

#include "compat/aws/sts/sts.hpp"

namespace belfry::server {

using compat::aws::Door;

namespace {

std::filesystem::path object_folder(const Config& config) {
  if (config.data == ":memory:") return {};
  return std::filesystem::path(config.data) / "objects";
}

}  // namespace

AwsFace::AwsFace(Parts parts, const Config& config, const identity::Keys& keys)
    : accounts_(parts.accounts),
      door_(
          parts.loop, parts.random,
          [this](const std::string& access_key_id) { return find_key(access_key_id); }
      ),
      sns_(
          {parts.loop, parts.random, parts.journal, parts.messages, parts.directory,
           std::move(parts.default_sender)}
      ),
      cloudwatch_(parts.loop, parts.metrics),
      chime_voice_(
          {parts.loop, parts.random, parts.journal, parts.directory, parts.sip, parts.sealer,
           parts.simulator_is_on}
      ),
      objects_(object_folder(config), parts.pool, parts.vault),
      s3_({parts.loop, parts.random, parts.journal, objects_, parts.pool}) {
  own_keys_.push_back({keys.aws_access_key_id, keys.aws_secret_access_key});
  if (!config.aws.access_key_id.empty() && !config.aws.secret_access_key.empty())
    own_keys_.push_back({config.aws.access_key_id, config.aws.secret_access_key});
  sns_.add_to(door_);
  cloudwatch_.add_to(door_);
  chime_voice_.add_to(door_);
  compat::aws::sts::add_to(door_);
  s3_.add_to(door_);
}

void AwsFace::add_to(http::Router& router) {
  door_.add_to(router);
  sns_.add_to(router);
}

/// The main account's own keys, and every API key: its SID is the access key id.
std::optional<Door::Keyholder> AwsFace::find_key(const std::string& access_key_id) const {
  for (const OwnKey& each : own_keys_)
    if (each.id == access_key_id) return Door::Keyholder{each.secret, accounts_.main().sid};
  const identity::ApiKey* key = accounts_.find_key(access_key_id);
  if (key == nullptr) return std::nullopt;
  const identity::Account* account = accounts_.find(key->account_sid);
  if (account == nullptr || account->status != identity::Account::Status::active)
    return std::nullopt;
  return Door::Keyholder{key->secret, key->account_sid};
}

}  // namespace belfry::server
