#pragma once
#include <string>

#include "call/metric_store.hpp"
#include "compat/aws/chime_voice/chime_voice.hpp"
#include "compat/aws/cloudwatch/cloudwatch.hpp"
#include "compat/aws/door.hpp"
#include "compat/aws/s3/s3.hpp"
#include "compat/aws/sns/sns.hpp"
#include "identity/accounts.hpp"
#include "identity/keys.hpp"
#include "server/config/config.hpp"
#include "store/blob_folder.hpp"

namespace belfry::server {

/// AWS's services of a `System`: the door with all that stands behind it, and whose access keys
/// open it. Control thread; outlives the router's requests.
class AwsFace {
 public:
  struct Parts {
    base::Loop& loop;
    base::Random& random;
    call::Journal& journal;
    call::MetricStore& metrics;
    call::Messages& messages;
    call::NumberDirectory& directory;
    call::SipDirectory& sip;
    const identity::Sealer& sealer;
    const identity::Accounts& accounts;
    base::WorkerPool& pool;
    call::RecordingVault* vault = nullptr;  // that objects are sealed by; none: they are not
    std::string default_sender;
    bool simulator_is_on = false;
  };
  AwsFace(Parts parts, const Config& config, const identity::Keys& keys);

  void add_to(http::Router& router);
  compat::aws::chime_voice::ChimeVoice& chime_voice() { return chime_voice_; }
  const compat::aws::Door& door() const { return door_; }
  /// At start, before the first request.
  base::Task<base::Result<>> load() { return s3_.catalog().load(); }
  /// Each hour.
  base::Task<base::Result<>> upkeep() { return s3_.catalog().upkeep(); }

 private:
  struct OwnKey {
    std::string id;
    std::string secret;
  };
  std::optional<compat::aws::Door::Keyholder> find_key(const std::string& access_key_id) const;

  const identity::Accounts& accounts_;
  std::vector<OwnKey> own_keys_;  // of the main account
  compat::aws::Door door_;
  compat::aws::sns::Sns sns_;
  compat::aws::cloudwatch::CloudWatch cloudwatch_;
  compat::aws::chime_voice::ChimeVoice chime_voice_;
  store::BlobFolder objects_;
  compat::aws::s3::S3 s3_;
};

}  // namespace belfry::server
