#include "call/recordings.hpp"

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
  std::string sid = running->record.sid;
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
  if (on_change_ && record.status == RecordingStatus::completed) on_change_(record);
}

base::Task<base::Result<RecordingRecord>> Recordings::finished(std::string sid) {
  if (const auto found = running_.find(sid); found != running_.end()) {
    const auto over = found->second->over;
    co_await over->wait();
  }
  co_return co_await find(std::move(sid));
}

}  // namespace belfry::call
