#include "server/cloud_sinks.hpp"

#include <cstdlib>

namespace belfry::server {
namespace {

sinks::AwsCredentials::Settings credential_settings(const Config::Aws& aws) {
  return sinks::AwsCredentials::from_environment(
      {aws.access_key_id, aws.secret_access_key}, aws.profile,
      [](const char* name) { return std::getenv(name); }
  );
}

}  // namespace

bool CloudSinks::is_wanted(const Config& config) {
  return config.aws.send_metrics || config.aws.send_messages ||
         !config.aws.recordings_bucket.empty();
}

CloudSinks::CloudSinks(Parts parts, const Config& config)
    : parts_(parts),
      settings_(config.aws),
      credentials_(parts.loop, parts.client, credential_settings(config.aws)),
      aws_(parts.loop, parts.client, credentials_, {config.aws.region, config.aws.endpoint_url}) {
  const bool is_aws = settings_.endpoint_url.empty();
  if (settings_.send_messages) carrier_ = std::make_unique<sinks::SnsCarrier>(aws_, !is_aws);
}

void CloudSinks::watch(call::MetricStore& metrics, http::Router& router) {
  if (!settings_.send_metrics) return;
  cloudwatch_ = std::make_unique<sinks::CloudWatchSink>(sinks::CloudWatchSink::Environment{
      parts_.loop, parts_.random, parts_.outbox, parts_.accounts, aws_
  });
  cloudwatch_->watch(metrics);
  cloudwatch_->add_to(router);
}

void CloudSinks::watch(call::Journal& journal, call::Recordings& recordings) {
  if (settings_.recordings_bucket.empty()) return;
  uploads_ = std::make_unique<sinks::RecordingUploads>(
      parts_.loop, journal, recordings, aws_,
      sinks::RecordingUploads::Settings{
          settings_.recordings_bucket, settings_.recordings_key, settings_.recordings_encryption
      }
  );
}

void CloudSinks::note(const call::RecordingRecord& recording) {
  if (uploads_) uploads_->note(recording);
}

base::Task<base::Result<>> CloudSinks::recover() {
  if (!uploads_) co_return base::Result<>{};
  co_return co_await uploads_->recover();
}

}  // namespace belfry::server
