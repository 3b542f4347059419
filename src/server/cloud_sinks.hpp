#pragma once
#include <memory>

#include "call/metric_store.hpp"
#include "call/outbox.hpp"
#include "call/recordings.hpp"
#include "server/config/config.hpp"
#include "sinks/cloudwatch_sink.hpp"
#include "sinks/recording_uploads.hpp"
#include "sinks/sns_carrier.hpp"

namespace belfry::server {

/// What a `System` sends to AWS, as far as the configuration asks for it. Control thread.
class CloudSinks {
 public:
  struct Parts {
    base::Loop& loop;
    base::Random& random;
    http::Client& client;
    call::Outbox& outbox;
    const identity::Accounts& accounts;
  };
  CloudSinks(Parts parts, const Config& config);

  static bool is_wanted(const Config& config);

  /// nullptr: messages go other ways.
  call::MessageCarrier* message_carrier() { return carrier_.get(); }
  void watch(call::MetricStore& metrics, http::Router& router);
  void watch(call::Journal& journal, call::Recordings& recordings);
  void note(const call::RecordingRecord& recording);
  /// At start, after the recordings.
  base::Task<base::Result<>> recover();

 private:
  Parts parts_;
  const Config::Aws settings_;
  sinks::AwsCredentials credentials_;
  sinks::AwsClient aws_;
  std::unique_ptr<sinks::CloudWatchSink> cloudwatch_;
  std::unique_ptr<sinks::SnsCarrier> carrier_;
  std::unique_ptr<sinks::RecordingUploads> uploads_;
};

}  // namespace belfry::server
