#include "server/housekeeping.hpp"

#include "base/log.hpp"
#include "media/wav_recorder.hpp"

namespace belfry::server {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration interval = 1h;
/// Rows of one step, so that calls need not wait behind a long deletion.
constexpr std::size_t rows_at_once = 1000;

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.is_regular_file(error)) files.push_back(entry.path());
  }
  return files;
}

}  // namespace

Housekeeping::Housekeeping(
    base::Loop& loop, store::Store& store, base::WorkerPool& pool, Settings settings
)
    : loop_(loop), store_(store), pool_(pool), settings_(std::move(settings)), tasks_(loop) {}

base::Task<void> Housekeeping::run() {
  co_await repair();
  const auto sound = co_await store_.check_integrity();
  if (!sound) base::log::error("store.damaged", {{"what", sound.error().message}});
  while (true) {
    co_await purge_rows();
    for (const Settings::Documents& each : settings_.documents) co_await purge_documents(each);
    co_await purge_recordings();
    co_await keep_up();
    co_await base::sleep_for(loop_, interval);
  }
}

base::Task<void> Housekeeping::keep_up() {
  for (const auto& each : settings_.upkeep) {
    base::Task<base::Result<>> work = each();
    const base::Result<> done = co_await std::move(work);
    if (!done) base::log::warning("upkeep.failed", {{"why", done.error().message}});
  }
}

base::Task<void> Housekeeping::repair() {
  if (settings_.heard_folder.empty()) co_return;
  std::move_only_function<std::size_t()> job = [folder = settings_.heard_folder] {
    return repair_recordings(folder);
  };
  base::Task<std::size_t> work = pool_.run<std::size_t>(std::move(job));
  const std::size_t repaired = co_await std::move(work);
  if (repaired > 0) base::log::info("recordings.repaired", {{"files", repaired}});
}

base::Task<void> Housekeeping::purge_recordings() {
  if (settings_.heard_folder.empty()) co_return;
  std::move_only_function<std::size_t()> job = [folder = settings_.heard_folder,
                                                before = loop_.wall_now() - settings_.heard] {
    return remove_recordings(folder, before);
  };
  base::Task<std::size_t> work = pool_.run<std::size_t>(std::move(job));
  co_await std::move(work);
}

base::Task<void> Housekeeping::purge_rows() {
  while (true) {
    const auto removed = co_await store_.purge(settings_.retention, loop_.wall_now(), rows_at_once);
    if (!removed || *removed == 0) co_return;
    base::log::info("store.purged", {{"rows", *removed}});
  }
}

base::Task<void> Housekeeping::purge_documents(Settings::Documents what) {
  std::string after;
  while (true) {
    call::DocumentQuery query{
        .collection = what.collection, .after_key = after, .limit = rows_at_once
    };
    query.created_before = loop_.wall_now() - what.keep;
    const auto old = co_await store_.find_documents(std::move(query));
    if (!old || old->empty()) co_return;
    call::Changes changes;
    for (const call::Document& document : *old)
      if (what.kept_tag.empty() || document.tag != what.kept_tag)
        changes.removed_documents.push_back({document.collection, document.key});
    if (changes.empty()) {
      after = old->back().key;
      continue;
    }
    const std::size_t rows = changes.removed_documents.size();
    const base::Result<> removed = co_await store_.commit(std::move(changes));
    if (!removed) co_return;
    base::log::info("store.documents_purged", {{"collection", what.collection}, {"rows", rows}});
  }
}

std::size_t repair_recordings(const std::filesystem::path& folder) {
  std::size_t repaired = 0;
  for (const std::filesystem::path& file : files_in(folder)) {
    if (file.extension() != ".part") continue;
    const auto result = media::repair_part(file);
    if (result) {
      ++repaired;
    } else {
      base::log::warning("recording.not_repaired", {{"why", result.error().message}});
    }
  }
  return repaired;
}

std::size_t remove_recordings(const std::filesystem::path& folder, base::WallTime before) {
  std::size_t removed = 0;
  for (const std::filesystem::path& file : files_in(folder)) {
    std::error_code error;
    const auto written = std::filesystem::last_write_time(file, error);
    if (error || std::chrono::file_clock::to_sys(written) >= before) continue;
    if (std::filesystem::remove(file, error)) ++removed;
  }
  return removed;
}

}  // namespace belfry::server
