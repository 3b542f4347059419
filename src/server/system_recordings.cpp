// Where recordings are kept, and what they are called outside.
#include <filesystem>

#include "server/system.hpp"

namespace belfry::server {
namespace {

/// Long enough to listen to the longest recording twice.
constexpr std::chrono::hours link_life{8};

}  // namespace

void System::make_recordings(const Config& config, const identity::Keys& keys) {
  call::Recordings::Settings settings;
  if (config.data != ":memory:") {
    const std::filesystem::path folder = std::filesystem::path(config.data) / "recordings";
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    settings.folder = folder;
  }
  if (config.recording.notice == RecordingNotice::beep)
    settings.notice = call::Recordings::Settings::Notice::beep;
  settings.keep = config.retention.recordings;
  if (config.recording.seal)
    recording_vault_ = std::make_unique<identity::SealedRecordings>(
        identity::Sealer(keys.server_key), platform_.random
    );
  settings.url = [this,
                  public_url = config.http.public_url](const call::RecordingRecord& recording) {
    return (public_url.empty() ? url_ : public_url) + "/2010-04-01/Accounts/" +
           recording.account_sid + "/Recordings/" + recording.sid;
  };
  recordings_ = std::make_unique<call::Recordings>(
      call::Recordings::Environment{
          platform_.loop,
          platform_.random,
          platform_.pool,
          platform_.store,
          platform_.media,
          outbox_,
          recording_format_,
          recording_vault_.get(),
      },
      std::move(settings)
  );
  transcriptions_ = std::make_unique<call::Transcriptions>(call::Transcriptions::Environment{
      platform_.loop, platform_.random, platform_.store, outbox_, *recordings_,
      transcription_format_, platform_.recognizer, config.retention.recordings
  });
}

/// Minutes count for the account; what goes takes KIN's copy with it (rule P5).
void System::follow_recordings() {
  recordings_->on_change([this](const call::RecordingRecord& recording) {
    const std::int64_t minutes = std::max<std::int64_t>((recording.duration_s() + 59) / 60, 1);
    const std::int64_t more = recording.deleted ? -1 : 1;
    if (recording.status == call::RecordingStatus::completed)
      usage_->change(recording.account_sid, call::Usage::stored_recordings, {more, more * minutes});
    if (recording.deleted) return kin_calls_->forget(recording.sid);
    if (sinks_) sinks_->note(recording);
    usage_->add(recording.account_sid, "recordings", minutes);
    if (!recording.call_sid.empty())
      usage_->add(recording.account_sid, "calls-recordings", minutes);
  });
  transcriptions_->on_completed([this](const call::TranscriptionRecord& transcription) {
    const std::int64_t minutes = std::max<std::int64_t>((transcription.duration_s + 59) / 60, 1);
    usage_->add(transcription.account_sid, "transcriptions", minutes);
  });
}

void System::show_recordings() {
  recordings_of_calls_ = std::make_unique<admin::Recordings>(
      *switchboard_,
      [this](const call::RecordingRecord& recording) {
        const std::string path = "/2010-04-01/Accounts/" + recording.account_sid + "/Recordings/" +
                                 recording.sid + ".wav";
        return media_links_.sign(path, platform_.loop.wall_now() + link_life);
      }
  );
  recordings_of_calls_->add_to(router_);
}

}  // namespace belfry::server
