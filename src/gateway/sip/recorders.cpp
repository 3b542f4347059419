#include "gateway/sip/recorders.hpp"

#include <algorithm>

namespace belfry::gateway::sip {

/// What the one who asked holds. At the end of the process the sessions may go first.
class Recorders::Recording final : public call::OutsideRecording {
 public:
  Recording(std::weak_ptr<Sessions> sessions, std::string sid)
      : sessions_(std::move(sessions)), sid_(std::move(sid)) {}
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  ~Recording() override {
    if (const auto sessions = sessions_.lock()) sessions->erase(sid_);
  }

 private:
  std::weak_ptr<Sessions> sessions_;
  std::string sid_;
};

Recorders::Recorders(
    const CallContext& context, std::vector<RecorderSettings> settings, Locate locate
)
    : context_(context), settings_(std::move(settings)), locate_(std::move(locate)) {}

const RecorderSettings* Recorders::find(std::string_view name) const {
  const auto found = std::ranges::find(settings_, name, &RecorderSettings::name);
  return found == settings_.end() ? nullptr : &*found;
}

base::Result<std::unique_ptr<call::OutsideRecording>> Recorders::open(
    call::OutsideRecordingOrder order, call::OutsideRecordingListener& listener
) {
  const RecorderSettings* recorder = find(order.recorder);
  if (recorder == nullptr)
    return base::fail(base::Errc::not_found, "no recorder is called \"" + order.recorder + '"');
  const std::string sid = order.sid;
  BELFRY_TRY(
      session, RecordingSession::open(context_, *recorder, locate_, std::move(order), listener)
  );
  sessions_->insert_or_assign(sid, std::move(session));
  return std::make_unique<Recording>(sessions_, sid);
}

}  // namespace belfry::gateway::sip
