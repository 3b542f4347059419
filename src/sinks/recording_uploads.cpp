#include "sinks/recording_uploads.hpp"

#include <array>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "call/json_members.hpp"

namespace belfry::sinks {
namespace {

using namespace std::chrono_literals;
using base::Errc;
using base::fail;
using base::Result;
using base::Task;

constexpr std::array<base::Duration, 5> first_pauses = {1s, 5s, 30s, 2min, 10min};
constexpr base::Duration later_pause = 1h;
constexpr std::size_t most_tries = 30;  // a day and a bit
constexpr std::size_t page = 500;
constexpr std::chrono::days looked_back{2};

std::string date_of(base::WallTime time) {
  return base::to_rfc3339_seconds(time).substr(0, 10);
}

/// One part at a time, on the pool.
Task<Result<S3Object::Piece>> read_part(
    base::WorkerPool& pool, std::shared_ptr<call::RecordingBytes> bytes, std::uint64_t at,
    std::size_t size
) {
  using Read = Result<S3Object::Piece>;
  std::move_only_function<Read()> job = [bytes, at, size]() -> Read {
    std::string part(std::min<std::uint64_t>(size, bytes->size() - at), '\0');
    BELFRY_TRY(count, bytes->read(at, std::as_writable_bytes(std::span(part))));
    part.resize(count);
    std::string hash = base::sha256_hex(part);
    return S3Object::Piece{std::move(part), std::move(hash)};
  };
  co_return co_await pool.run<Read>(std::move(job));
}

}  // namespace

RecordingUploads::RecordingUploads(
    base::Loop& loop, call::Journal& journal, call::Recordings& recordings, AwsClient& aws,
    Settings settings
)
    : loop_(loop),
      journal_(journal),
      recordings_(recordings),
      aws_(aws),
      settings_(std::move(settings)),
      tasks_(loop) {}

RecordingUploads::~RecordingUploads() = default;

void RecordingUploads::note(const call::RecordingRecord& recording) {
  if (recording.deleted || recording.status != call::RecordingStatus::completed) return;
  Task<void> beginning = begin(recording);
  tasks_.spawn(std::move(beginning));
}

Task<void> RecordingUploads::begin(call::RecordingRecord recording) {
  call::Document job{std::string(collection), recording.sid, recording.account_sid, {}, {}};
  job.created = loop_.wall_now();
  job.value["state"] = "waiting";
  call::Changes changes;
  changes.new_documents.push_back(std::move(job));
  const Result<> stored = co_await journal_.commit(std::move(changes));
  // One that is there is under way or done. When it could not be noted it is copied all the same;
  // a restart finds it by itself.
  if (stored || stored.error().code != Errc::conflict) start(recording.sid);
}

void RecordingUploads::start(const std::string& sid) {
  if (!running_.insert(sid).second) return;
  tasks_.spawn(run(sid));
}

Task<void> RecordingUploads::run(std::string sid) {
  Outcome outcome = Outcome::later;
  for (std::size_t tries = 0; outcome == Outcome::later && tries < most_tries; ++tries) {
    while (busy_) co_await base::sleep_for(loop_, 100ms);
    busy_ = true;
    outcome = co_await copy(sid);
    busy_ = false;
    if (outcome != Outcome::later) break;
    const base::Duration pause = tries < first_pauses.size() ? first_pauses.at(tries) : later_pause;
    co_await base::sleep_for(loop_, pause);
  }
  const std::string_view state = outcome == Outcome::done ? "done" : "given-up";
  const Result<> settled = co_await settle(sid, state);
  if (!settled) base::log::warning("sink.upload_unsettled", {{"recording", sid}});
  running_.erase(sid);
}

Task<RecordingUploads::Outcome> RecordingUploads::copy(std::string sid) {
  const auto recording = co_await recordings_.find(sid);
  if (!recording) {
    const bool gone = recording.error().code == Errc::not_found;
    co_return gone ? Outcome::never : Outcome::later;
  }
  if (recording->deleted) co_return Outcome::never;
  const Result<> uploaded = co_await upload(*recording);
  if (uploaded) {
    base::log::info("sink.recording_copied", {{"recording", sid}});
    co_return Outcome::done;
  }
  base::log::warning(
      "sink.recording_not_copied", {{"recording", sid}, {"why", uploaded.error().message}}
  );
  co_return uploaded.error().code == Errc::unavailable ? Outcome::later : Outcome::never;
}

Task<Result<>> RecordingUploads::upload(call::RecordingRecord recording) {
  const auto bytes = co_await recordings_.open(recording);
  if (!bytes) co_return fail(bytes.error());
  S3Object::Target target{settings_.bucket, "", "audio/wav", settings_.encryption};
  target.key = fill_template(
      settings_.key, {{"account", recording.account_sid},
                      {"call", recording.subject()},
                      {"recording", recording.sid},
                      {"date", date_of(recording.started)}}
  );
  S3Object object(aws_, std::move(target));
  S3Object::Read read = [&pool = recordings_.pool(), file = *bytes](
                            std::uint64_t at, std::size_t size
                        ) { return read_part(pool, file, at, size); };
  Task<Result<>> putting = object.put((*bytes)->size(), std::move(read));
  co_return co_await std::move(putting);
}

Task<Result<>> RecordingUploads::settle(std::string sid, std::string_view state) {
  auto found = co_await journal_.find_document(std::string(collection), sid);
  if (!found) co_return fail(found.error());
  if (!*found) co_return Result<>{};
  call::Document job = std::move(**found);
  job.value["state"] = state;
  call::Changes changes;
  changes.documents.push_back(std::move(job));
  co_return co_await journal_.commit(std::move(changes));
}

Task<Result<>> RecordingUploads::recover() {
  const Result<> noted = co_await note_forgotten();
  if (!noted) co_return noted;
  call::DocumentQuery query{.collection = std::string(collection), .limit = page};
  query.members = {{"state", "waiting"}};
  while (true) {
    const auto found = co_await journal_.find_documents(query);
    if (!found) co_return fail(found.error());
    for (const call::Document& job : *found) start(job.key);
    if (found->size() < page) co_return Result<>{};
    query.after_key = found->back().key;
  }
}

/// The process may have ended between a recording's last step and its note.
Task<Result<>> RecordingUploads::note_forgotten() {
  call::DocumentQuery query{
      .collection = std::string(call::RecordingRecord::collection), .limit = page
  };
  query.members = {{"status", "completed"}};
  query.created_from = loop_.wall_now() - looked_back;
  while (true) {
    const auto found = co_await journal_.find_documents(query);
    if (!found) co_return fail(found.error());
    for (const call::Document& document : *found)
      if (const auto recording = call::RecordingRecord::from_document(document)) note(*recording);
    if (found->size() < page) co_return Result<>{};
    query.after_key = found->back().key;
  }
}

}  // namespace belfry::sinks
