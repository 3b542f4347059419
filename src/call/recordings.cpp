#include "call/recordings.hpp"

#include <filesystem>

#include "base/log.hpp"
#include "call/leg.hpp"
#include "call/outbox.hpp"
#include "call/switchboard.hpp"

namespace belfry::call {
namespace {

using namespace std::chrono_literals;
using base::Errc;
using base::fail;

constexpr base::Duration beep_length = 250ms;
constexpr int too_short = 16101;
constexpr int silent = 16102;

base::Error not_running(const std::string& sid) {
  return {Errc::not_found, "recording " + sid + " is not running", 0};
}

/// Of a recording that has just begun: its file is made at the first writing.
struct NothingYet final : RecordingBytes {
  std::uint64_t size() const override { return 0; }
  base::Result<std::size_t> read(std::uint64_t, std::span<std::byte>) override {
    return std::size_t{0};
  }
};

/// The event under which a status is reported. A failed one is news to whoever waits for its end.
bool wants(const RecordingCallback& callback, RecordingStatus status) {
  const auto has = [&](std::string_view event) {
    return std::ranges::find(callback.events, event) != callback.events.end();
  };
  if (callback.url.empty()) return false;
  return has(to_string(status)) ||
         (status == RecordingStatus::failed && (has("completed") || has("absent")));
}

}  // namespace

struct Recordings::Running {
  RecordingRecord record;
  RecordingId media;
  std::optional<int> discarded;  // with this error
  std::vector<Epilogue> epilogues;
  std::shared_ptr<base::Event> over;  // shared with those who wait for it
};

Recordings::Recordings(const Environment& environment, Settings settings)
    : environment_(environment), settings_(std::move(settings)), tasks_(environment.loop) {}

Recordings::~Recordings() {
  environment_.media.forget_listener(this);
}

RecordingRecord Recordings::make_record(RecordingSource source, RecordingOrder order) {
  RecordingRecord record;
  record.sid = base::make_sid("RE", environment_.random);
  record.source = source;
  record.order = std::move(order);
  record.created = record.updated = record.started = environment_.loop.wall_now();
  return record;
}

base::Result<std::string> Recordings::start(
    Leg& leg, RecordingSource source, RecordingOrder order
) {
  const SeatId seat = leg.seat();
  if (!seat || leg.ended()) return fail(Errc::conflict, "the call has no media");
  RecordingRecord record = make_record(source, std::move(order));
  record.account_sid = leg.record().account_sid;
  record.call_sid = leg.sid();
  auto sid = begin(std::move(record), [&](RecordingTerms terms) {
    return environment_.media.start_recording(seat, std::move(terms), this);
  });
  // A verb that records has a beep of its own.
  const bool tell = settings_.notice == Settings::Notice::beep;
  if (sid && tell && source != RecordingSource::record_verb)
    environment_.media.play(seat, TonePlayback{TonePlayback::Kind::beep, beep_length});
  return sid;
}

base::Result<std::string> Recordings::start(
    RoomId room, const std::string& account_sid, const std::string& conference_sid,
    RecordingSource source, RecordingOrder order
) {
  RecordingRecord record = make_record(source, std::move(order));
  record.order.channels = RecordingOrder::Channels::mono;
  record.account_sid = account_sid;
  record.conference_sid = conference_sid;
  auto sid = begin(std::move(record), [&](RecordingTerms terms) {
    return environment_.media.start_recording(room, std::move(terms), this);
  });
  if (sid && settings_.notice == Settings::Notice::beep)
    environment_.media.play_to_room(room, TonePlayback{TonePlayback::Kind::beep, beep_length});
  return sid;
}

base::Result<std::string> Recordings::begin(RecordingRecord record, const StartMedia& start_media) {
  if (settings_.folder.empty()) return fail(Errc::unavailable, "no recordings are kept here");
  RecordingTerms terms;
  terms.path = path_of(record);
  terms.channels = record.order.channels;
  terms.track = record.order.track;
  terms.trim_silence = record.order.trim_silence;
  BELFRY_TRY(media, start_media(std::move(terms)));
  Changes changes = changes_of(record);
  changes.new_documents = std::exchange(changes.documents, {});
  environment_.journal.commit_later(std::move(changes));
  environment_.outbox.wake();
  note(record, "recording.started");
  auto running = std::make_unique<Running>();
  running->media = media;
  running->over = std::make_shared<base::Event>(environment_.loop);
  running->record = std::move(record);
  const std::string sid = running->record.sid;
  running_.emplace(sid, std::move(running));
  return sid;
}

std::string Recordings::path_of(const RecordingRecord& recording) const {
  return settings_.folder + "/" + recording.sid + ".wav";
}

std::string Recordings::sealed_path_of(const RecordingRecord& recording) const {
  return settings_.folder + "/" + recording.sid + ".sealed";
}

Changes Recordings::changes_of(const RecordingRecord& record) {
  Changes changes;
  changes.documents.push_back(record.to_document());
  if (!wants(record.order.callback, record.status)) return changes;
  Delivery delivery = environment_.format.render(record, url_of(record));
  delivery.kind = "recording-status";
  add_delivery(record, std::move(delivery), changes);
  return changes;
}

void Recordings::add_delivery(const RecordingRecord& record, Delivery delivery, Changes& changes) {
  delivery.id = base::make_uuid(environment_.random);
  delivery.order_key = record.subject();
  delivery.created = delivery.next_attempt = environment_.loop.wall_now();
  changes.deliveries.push_back(std::move(delivery));
}

void Recordings::add_epilogue(const std::string& sid, Epilogue epilogue) {
  if (const auto found = running_.find(sid); found != running_.end()) {
    found->second->epilogues.push_back(std::move(epilogue));
    return;
  }
  // It ended in this very moment.
  const auto tell_late = [](Recordings& self, std::string name, Epilogue late) -> base::Task<void> {
    const auto record = co_await self.find(std::move(name));
    if (!record) co_return;
    auto delivery = late(*record);
    if (!delivery) co_return;
    Changes changes;
    self.add_delivery(*record, std::move(*delivery), changes);
    self.environment_.journal.commit_later(std::move(changes));
    self.environment_.outbox.wake();
  };
  tasks_.spawn(tell_late(*this, sid, std::move(epilogue)));
}

void Recordings::note(const RecordingRecord& record, std::string type) {
  base::log::info(
      "recording.status", {{"recording", record.sid}, {"status", to_string(record.status)}}
  );
  Leg* leg = switchboard_ == nullptr ? nullptr : switchboard_->find(record.call_sid);
  if (leg == nullptr) return;
  base::json::object data{{"sid", record.sid}, {"source", to_string(record.source)}};
  if (record.length) data["seconds"] = record.duration_s();
  if (record.clock_drift != 0ns) data["clock_drift_us"] = record.clock_drift / 1us;
  leg->note(std::move(type), std::move(data));
}

// --- While it runs ---

const RecordingRecord* Recordings::running(const std::string& sid) const {
  const auto found = running_.find(sid);
  return found == running_.end() ? nullptr : &found->second->record;
}

std::string Recordings::current(
    const std::string& call_or_conference_sid, std::optional<RecordingSource> source
) const {
  const RecordingRecord* newest = nullptr;
  for (const auto& [sid, running] : running_) {
    const RecordingRecord& record = running->record;
    if (source && record.source != *source) continue;
    if (record.subject() != call_or_conference_sid || is_final(record.status) ||
        record.status == RecordingStatus::processing)
      continue;
    if (newest == nullptr || record.created >= newest->created) newest = &record;
  }
  return newest == nullptr ? std::string() : newest->sid;
}

base::Result<> Recordings::enter(const std::string& sid, RecordingStatus from, RecordingStatus to) {
  const auto found = running_.find(sid);
  if (found == running_.end()) return std::unexpected(not_running(sid));
  RecordingRecord& record = found->second->record;
  if (record.status != from)
    return fail(Errc::conflict, "the recording is " + std::string(to_string(record.status)));
  record.status = to;
  record.updated = environment_.loop.wall_now();
  Changes changes;
  changes.documents.push_back(record.to_document());
  environment_.journal.commit_later(std::move(changes));
  return {};
}

base::Result<> Recordings::pause(const std::string& sid, WhilePaused how) {
  BELFRY_CHECK(enter(sid, RecordingStatus::in_progress, RecordingStatus::paused));
  environment_.media.pause_recording(running_.at(sid)->media, how);
  note(running_.at(sid)->record, "recording.paused");
  return {};
}

base::Result<> Recordings::resume(const std::string& sid) {
  BELFRY_CHECK(enter(sid, RecordingStatus::paused, RecordingStatus::in_progress));
  environment_.media.resume_recording(running_.at(sid)->media);
  note(running_.at(sid)->record, "recording.resumed");
  return {};
}

base::Result<> Recordings::stop(const std::string& sid) {
  const RecordingRecord* record = running(sid);
  if (record == nullptr) return std::unexpected(not_running(sid));
  const RecordingStatus now = record->status;
  if (now == RecordingStatus::processing || is_final(now))
    return fail(Errc::conflict, "the recording has been stopped");
  BELFRY_CHECK(enter(sid, now, RecordingStatus::processing));
  environment_.media.stop_recording(running_.at(sid)->media);
  return {};
}

base::Result<> Recordings::discard(const std::string& sid, int error_code) {
  const auto found = running_.find(sid);
  if (found == running_.end()) return std::unexpected(not_running(sid));
  found->second->discarded = error_code;
  const RecordingStatus now = found->second->record.status;
  return now == RecordingStatus::processing ? base::Result<>{} : stop(sid);
}

void Recordings::on_recording_ended(RecordingId media, const RecordingResult& result) {
  const auto found = std::ranges::find_if(running_, [&](const auto& entry) {
    return entry.second->media == media;
  });
  if (found == running_.end()) return;
  Running& running = *found->second;
  RecordingRecord& record = running.record;
  record.length = result.length;
  record.clock_drift = result.clock_drift;
  record.updated = environment_.loop.wall_now();
  if (result.failed) {
    record.status = RecordingStatus::failed;
  } else if (running.discarded || result.length <= 0ns) {
    record.status = RecordingStatus::absent;
    record.error_code = running.discarded.value_or(result.silent ? silent : too_short);
    record.length.reset();
  } else {
    record.status = RecordingStatus::completed;
  }
  note(record, "recording." + std::string(to_string(record.status)));
  tasks_.spawn(conclude(record.sid));
}

/// The end is on disk before anybody who waits for it goes on.
base::Task<void> Recordings::conclude(std::string sid) {
  RecordingRecord record = running_.at(sid)->record;
  if (record.status == RecordingStatus::absent) {
    co_await remove_files(record);
  } else {
    co_await seal(record);
    running_.at(sid)->record.key = record.key;
  }
  Changes changes = changes_of(record);
  for (const Epilogue& epilogue : running_.at(sid)->epilogues)
    if (auto delivery = epilogue(record)) add_delivery(record, std::move(*delivery), changes);
  Changes again = changes;
  const base::Result<> stored = co_await environment_.journal.commit(std::move(changes));
  if (!stored) environment_.journal.commit_later(std::move(again));  // the disk is full (rule R2)
  environment_.outbox.wake();
  const auto over = running_.at(sid)->over;
  running_.erase(sid);
  over->set();
}

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

// --- Afterwards ---

base::Task<base::Result<RecordingRecord>> Recordings::finished(std::string sid) {
  if (const auto found = running_.find(sid); found != running_.end()) {
    const auto over = found->second->over;
    co_await over->wait();
  }
  co_return co_await find(std::move(sid));
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
  co_await remove_files(std::move(*record));
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
