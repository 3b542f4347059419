// Recordings that outlived their process, or their time.
#include <array>
#include <filesystem>

#include "base/log.hpp"
#include "call/outbox.hpp"
#include "call/recordings.hpp"
#include "media/wav_header.hpp"
#include "media/wav_recorder.hpp"

namespace belfry::call {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration purge_interval = 1h;
constexpr std::size_t rows_at_once = 100;

struct Mended {
  std::optional<base::Duration> length;  // nothing: there is no file
  bool sealed = false;
};

/// Makes the file whole. @param known the length of one that was being sealed
Mended mend(
    const std::string& path, const std::string& sealed, std::optional<base::Duration> known,
    std::size_t channels
) {
  std::error_code error;
  const std::string part = path + ".part";
  if (std::filesystem::exists(part, error)) {
    const auto repaired = media::repair_part(part, channels);
    if (repaired) return {*repaired, false};
    base::log::warning("recording.not_repaired", {{"why", repaired.error().message}});
    return {};
  }
  const auto size = std::filesystem::file_size(path, error);
  if (error) {
    const bool is_there = known && std::filesystem::exists(sealed, error);
    return is_there ? Mended{known, true} : Mended{};
  }
  if (size <= media::wav_header_size) return {};
  const std::uint64_t samples = (size - media::wav_header_size) / (2 * channels);
  return {media::duration_of(samples, media::recording_rate), false};
}

}  // namespace

base::Task<base::Result<>> Recordings::recover() {
  if (settings_.folder.empty()) co_return base::Result<>{};
  constexpr std::array unfinished = {
      RecordingStatus::in_progress, RecordingStatus::paused, RecordingStatus::processing
  };
  for (const RecordingStatus status : unfinished) {
    DocumentQuery query;
    query.collection = RecordingRecord::collection;
    query.members.emplace_back("status", to_string(status));
    query.limit = 10'000;
    auto documents = co_await environment_.journal.find_documents(std::move(query));
    if (!documents) co_return base::fail(documents.error());
    for (const Document& document : *documents) {
      auto record = RecordingRecord::from_document(document);
      if (!record || running(record->sid) != nullptr) continue;
      co_await recover_one(std::move(*record));
    }
  }
  tasks_.spawn(remove_old());
  co_return base::Result<>{};
}

base::Task<void> Recordings::recover_one(RecordingRecord record) {
  std::move_only_function<Mended()> job =
      [path = path_of(record), sealed = sealed_path_of(record),
       known = record.key.empty() ? std::nullopt : record.length, channels = record.channels()] {
        return mend(path, sealed, known, static_cast<std::size_t>(channels));
      };
  base::Task<Mended> mending = environment_.pool.run<Mended>(std::move(job));
  const Mended mended = co_await std::move(mending);
  record.length = mended.length;
  record.status = mended.length ? RecordingStatus::completed : RecordingStatus::absent;
  if (!mended.length) record.error_code = 16101;
  if (mended.length && !mended.sealed) co_await seal(record);
  record.updated = environment_.loop.wall_now();
  note(record, "recording." + std::string(to_string(record.status)));
  environment_.journal.commit_later(changes_of(record));
  environment_.outbox.wake();
  if (on_change_ && record.status == RecordingStatus::completed) on_change_(record);
}

base::Task<void> Recordings::remove_old() {
  while (true) {
    DocumentQuery query;
    query.collection = RecordingRecord::collection;
    query.created_before = environment_.loop.wall_now() - settings_.keep;
    query.members.emplace_back("deleted", "false");
    query.limit = rows_at_once;
    auto documents = co_await environment_.journal.find_documents(std::move(query));
    std::size_t removed = 0;
    if (documents) {
      for (const Document& document : *documents) {
        const base::Result<> gone = co_await remove(document.key);
        if (gone) ++removed;
      }
    }
    if (removed > 0) base::log::info("recordings.expired", {{"recordings", removed}});
    if (removed < rows_at_once) co_await base::sleep_for(environment_.loop, purge_interval);
  }
}

}  // namespace belfry::call
