// What is kept of recordings: sealed, found, read, copied, removed.
#include <filesystem>

#include "base/log.hpp"
#include "call/recordings.hpp"

namespace belfry::call {
namespace {

using base::Errc;
using base::fail;

/// Of a recording that has just begun: its file is made at the first writing.
struct NothingYet final : RecordingBytes {
  std::uint64_t size() const override { return 0; }
  base::Result<std::size_t> read(std::uint64_t, std::span<std::byte>) override {
    return std::size_t{0};
  }
};

}  // namespace

base::Task<void> Recordings::seal(RecordingRecord& record) {
  if (environment_.vault == nullptr) co_return;
  const RecordingStatus end = std::exchange(record.status, RecordingStatus::processing);
  record.key = environment_.vault->make_key();
  Changes changes;
  changes.documents.push_back(record.to_document());
  const base::Result<> stored = co_await environment_.journal.commit(std::move(changes));
  record.status = end;
  if (stored) {
    std::move_only_function<base::Result<>()> job =
        [vault = environment_.vault, path = path_of(record), sealed = sealed_path_of(record),
         key = record.key] { return vault->seal(path, sealed, key); };
    base::Task<base::Result<>> sealing = environment_.pool.run<base::Result<>>(std::move(job));
    const base::Result<> sealed = co_await std::move(sealing);
    if (sealed) co_return;
    base::log::error(
        "recording.not_sealed", {{"recording", record.sid}, {"why", sealed.error().message}}
    );
  }
  record.key.clear();  // no room for it: better in the open than lost
}

base::Task<void> Recordings::remove_files(RecordingRecord record) {
  std::move_only_function<bool()> job = [path = path_of(record), sealed = sealed_path_of(record)] {
    std::error_code error;
    std::filesystem::remove(sealed, error);
    std::filesystem::remove(path + ".part", error);
    return std::filesystem::remove(path, error);
  };
  base::Task<bool> removing = environment_.pool.run<bool>(std::move(job));
  co_await std::move(removing);
}

base::Task<base::Result<RecordingRecord>> Recordings::find(std::string sid) {
  if (const RecordingRecord* record = running(sid)) co_return *record;
  std::string collection(RecordingRecord::collection);
  auto document = co_await environment_.journal.find_document(std::move(collection), sid);
  if (!document) co_return fail(document.error());
  if (!*document) co_return fail(Errc::not_found, "no recording " + sid);
  auto record = RecordingRecord::from_document(**document);
  if (!record) co_return fail(Errc::internal, "recording " + sid + " cannot be read");
  co_return std::move(*record);
}

base::Task<base::Result<RecordingRecord>> Recordings::stored(std::string sid) {
  auto record = co_await find(sid);
  if (!record) co_return record;
  Changes changes;
  changes.documents.push_back(record->to_document());
  const base::Result<> written = co_await environment_.journal.commit(std::move(changes));
  if (!written) co_return fail(written.error());
  co_return record;
}

base::Task<base::Result<>> Recordings::remove(std::string sid) {
  auto record = co_await find(sid);
  if (!record) co_return fail(record.error());
  if (!is_final(record->status)) co_return fail(Errc::conflict, "the recording is running");
  if (record->deleted) co_return fail(Errc::not_found, "the recording has been deleted");
  record->deleted = true;
  record->key.clear();
  record->updated = environment_.loop.wall_now();
  Changes changes;
  changes.documents.push_back(record->to_document());
  const base::Result<> written = co_await environment_.journal.commit(std::move(changes));
  if (!written) co_return fail(written.error());
  co_await remove_files(*record);
  if (on_change_) on_change_(*record);
  co_return base::Result<>{};
}

base::Task<base::Result<std::shared_ptr<RecordingBytes>>> Recordings::open(RecordingRecord recording
) {
  using Bytes = base::Result<std::shared_ptr<RecordingBytes>>;
  if (recording.deleted || recording.status == RecordingStatus::absent)
    co_return fail(Errc::not_found, "the recording has no media");
  std::move_only_function<Bytes()> job = [vault = environment_.vault, path = path_of(recording),
                                          sealed = sealed_path_of(recording), key = recording.key,
                                          running = !is_final(recording.status)]() -> Bytes {
    // It may be finished, and then sealed, while it is looked for.
    if (!key.empty() && vault != nullptr) {
      if (auto bytes = vault->open(sealed, key)) return std::move(*bytes);
    }
    if (auto bytes = open_plain_recording(path)) return std::move(*bytes);
    if (auto bytes = open_plain_recording(path + ".part")) return std::move(*bytes);
    if (running) return std::make_shared<NothingYet>();
    return fail(Errc::not_found, "the recording has no file");
  };
  base::Task<Bytes> opening = environment_.pool.run<Bytes>(std::move(job));
  co_return co_await std::move(opening);
}

base::Task<base::Result<>> Recordings::copy(RecordingRecord recording, std::string to) {
  auto bytes = co_await open(std::move(recording));
  if (!bytes) co_return fail(bytes.error());
  std::move_only_function<base::Result<>()> job = [bytes = *bytes, to = std::move(to)] {
    return copy_recording(*bytes, to);
  };
  base::Task<base::Result<>> copying = environment_.pool.run<base::Result<>>(std::move(job));
  co_return co_await std::move(copying);
}

}  // namespace belfry::call
