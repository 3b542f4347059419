#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "call/outside_recorder.hpp"
#include "gateway/sip/recording_session.hpp"

namespace belfry::gateway::sip {

/// The session recording servers of the configuration. Control thread.
class Recorders final : public call::OutsideRecorders {
 public:
  Recorders(const CallContext& context, std::vector<RecorderSettings> settings, Locate locate);

  bool knows(std::string_view recorder) const override { return find(recorder) != nullptr; }
  /// A recording may outlive this; the recorder has been told to end by then.
  base::Result<std::unique_ptr<call::OutsideRecording>> open(
      call::OutsideRecordingOrder order, call::OutsideRecordingListener& listener
  ) override;

 private:
  using Sessions = std::map<std::string, std::unique_ptr<RecordingSession>>;  // by SID
  class Recording;
  const RecorderSettings* find(std::string_view name) const;

  CallContext context_;
  std::vector<RecorderSettings> settings_;
  Locate locate_;
  std::shared_ptr<Sessions> sessions_ = std::make_shared<Sessions>();  // seen by recordings
};

}  // namespace belfry::gateway::sip
