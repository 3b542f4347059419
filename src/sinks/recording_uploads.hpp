#pragma once
#include <set>
#include <string>

#include "call/recordings.hpp"
#include "sinks/s3_object.hpp"

namespace belfry::sinks {

/// Copies completed recordings to S3, one after the other. What is to be copied is a document
/// ("aws_upload", key the recording's SID) until it is done, given up (after a day, or refused for
/// good) or the recording is deleted. Nothing waits for it. Control thread.
class RecordingUploads {
 public:
  static constexpr std::string_view collection = "aws_upload";
  struct Settings {
    std::string bucket;
    std::string key;         // template: {account}, {call}, {recording}, {date}
    std::string encryption;  // x-amz-server-side-encryption; empty: not sent
  };
  RecordingUploads(
      base::Loop& loop, call::Journal& journal, call::Recordings& recordings, AwsClient& aws,
      Settings settings
  );
  RecordingUploads(const RecordingUploads&) = delete;
  RecordingUploads& operator=(const RecordingUploads&) = delete;
  ~RecordingUploads();

  /// Of each recording that is completed or deleted.
  void note(const call::RecordingRecord& recording);
  /// At start, after the recordings': what the last process had not copied, also what it had not
  /// even noted.
  base::Task<base::Result<>> recover();

 private:
  enum class Outcome { done, later, never };

  base::Task<void> begin(call::RecordingRecord recording);
  base::Task<void> run(std::string sid);
  base::Task<Outcome> copy(std::string sid);
  base::Task<base::Result<>> upload(call::RecordingRecord recording);
  base::Task<base::Result<>> settle(std::string sid, std::string_view state);
  base::Task<base::Result<>> note_forgotten();
  void start(const std::string& sid);

  base::Loop& loop_;
  call::Journal& journal_;
  call::Recordings& recordings_;
  AwsClient& aws_;
  Settings settings_;
  std::set<std::string> running_;
  bool busy_ = false;  // one copies, the others wait
  base::TaskGroup tasks_;
};

}  // namespace belfry::sinks
