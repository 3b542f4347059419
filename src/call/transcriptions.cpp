#include "call/transcriptions.hpp"

#include "base/ids.hpp"
#include "base/log.hpp"
#include "call/json_members.hpp"
#include "call/outbox.hpp"
#include "media/resampler.hpp"
#include "media/wav.hpp"

namespace belfry::call {
namespace {

using base::Errc;
using base::Result;
using base::Task;
using Status = TranscriptionRecord::Status;

constexpr std::size_t most_recovered = 1000;
constexpr std::size_t rows_at_once = 100;
constexpr std::chrono::hours purge_interval{1};

Result<media::PcmClipPtr> read_all(RecordingBytes& bytes) {
  std::vector<std::byte> file(std::min<std::uint64_t>(bytes.size(), media::audio_file_limit));
  BELFRY_TRY(got, bytes.read(0, file));
  file.resize(got);
  BELFRY_TRY(clip, media::read_audio(file));
  if (clip.rate != media::narrowband) clip = media::resample(clip, media::narrowband);
  return std::make_shared<const media::PcmClip>(std::move(clip));
}

}  // namespace

std::string_view to_string(Status status) {
  switch (status) {
    case Status::in_progress:
      return "in-progress";
    case Status::completed:
      return "completed";
    case Status::failed:
      return "failed";
  }
  return "";
}

Document TranscriptionRecord::to_document() const {
  base::json::array fields;
  for (const auto& [name, value] : parameters) fields.push_back(base::json::array{name, value});
  Document document;
  document.collection = collection;
  document.key = sid;
  document.tag = recording_sid;
  document.created = created;
  document.value = {
      {"account_sid", account_sid},     {"call_sid", call_sid},
      {"status", to_string(status)},    {"text", text},
      {"duration_s", duration_s},       {"updated", base::to_unix_micros(updated)},
      {"callback", callback.to_json()}, {"parameters", std::move(fields)},
  };
  return document;
}

std::optional<TranscriptionRecord> TranscriptionRecord::from_document(const Document& document) {
  const base::json::object& value = document.value;
  TranscriptionRecord record;
  record.sid = document.key;
  record.recording_sid = document.tag;
  record.created = document.created;
  record.account_sid = text_member(value, "account_sid");
  record.call_sid = text_member(value, "call_sid");
  const std::string status = text_member(value, "status");
  for (const Status known : {Status::in_progress, Status::completed, Status::failed})
    if (to_string(known) == status) record.status = known;
  record.text = text_member(value, "text");
  record.duration_s = number_member(value, "duration_s");
  record.updated = base::from_unix_micros(number_member(value, "updated"));
  record.callback = CallbackAddress::from_json(object_member(value, "callback"));
  const auto* fields = base::json::find(value, "parameters");
  if (fields == nullptr || !fields->is_array()) return std::nullopt;
  for (const auto& field : fields->as_array()) {
    if (!field.is_array() || field.as_array().size() != 2) return std::nullopt;
    const auto& pair = field.as_array();
    if (!pair[0].is_string() || !pair[1].is_string()) return std::nullopt;
    record.parameters.emplace_back(std::string(pair[0].as_string()), pair[1].as_string());
  }
  return record;
}

Transcriptions::Transcriptions(const Environment& environment)
    : environment_(environment), ready_(environment.loop), tasks_(environment.loop) {
  tasks_.spawn(work());
}

std::string Transcriptions::order(
    const RecordingRecord& recording, CallbackAddress callback, FormFields parameters
) {
  TranscriptionRecord record;
  record.sid = base::make_sid("TR", environment_.random);
  record.account_sid = recording.account_sid;
  record.call_sid = recording.call_sid;
  record.recording_sid = recording.sid;
  record.created = record.updated = environment_.loop.wall_now();
  record.callback = std::move(callback);
  record.parameters = std::move(parameters);
  Changes changes;
  changes.documents.push_back(record.to_document());
  environment_.journal.commit_later(std::move(changes));
  std::string sid = record.sid;
  take_up(std::move(record));
  return sid;
}

void Transcriptions::take_up(TranscriptionRecord record) {
  open_.insert(record.sid);
  tasks_.spawn(wait_for_recording(std::move(record)));
}

Task<void> Transcriptions::wait_for_recording(TranscriptionRecord record) {
  std::string sid = record.recording_sid;
  const auto recording = co_await environment_.recordings.finished(std::move(sid));
  if (recording && recording->status != RecordingStatus::absent) {
    ready_.push(std::move(record));
  } else {
    forget(record);
  }
}

void Transcriptions::forget(const TranscriptionRecord& record) {
  if (open_.erase(record.sid) == 0) return;
  Changes changes;
  changes.removed_documents.push_back({std::string(record.collection), record.sid});
  environment_.journal.commit_later(std::move(changes));
}

Task<void> Transcriptions::work() {
  while (true) {
    TranscriptionRecord record = co_await ready_.pop();
    Task<void> writing = write_down(std::move(record));
    co_await std::move(writing);
  }
}

Task<void> Transcriptions::write_down(TranscriptionRecord record) {
  std::string sid = record.recording_sid;
  const auto recording = co_await environment_.recordings.find(std::move(sid));
  if (!recording) {
    forget(record);
    co_return;
  }
  auto understood = co_await understand(*recording);
  if (!understood) {
    base::log::warning(
        "transcription.failed", {{"transcription", record.sid}, {"why", understood.error().message}}
    );
    record.status = Status::failed;
  } else {
    record.status = Status::completed;
    // Twilio's word for a recording in which nobody said anything that could be understood.
    record.text = understood->transcript.empty() ? "(blank)" : understood->transcript;
  }
  record.duration_s = recording->duration_s();
  conclude(std::move(record), *recording);
}

Task<Result<Recognized>> Transcriptions::understand(const RecordingRecord& recording) {
  if (environment_.recognizer == nullptr)
    co_return base::fail(Errc::unavailable, "no speech recogniser is available");
  RecordingRecord wanted = recording;
  auto bytes = co_await environment_.recordings.open(std::move(wanted));
  if (!bytes) co_return base::fail(bytes.error());
  std::move_only_function<Result<media::PcmClipPtr>()> job = [file = *bytes] {
    return read_all(*file);
  };
  auto reading = environment_.recordings.pool().run<Result<media::PcmClipPtr>>(std::move(job));
  auto clip = co_await std::move(reading);
  if (!clip) co_return base::fail(clip.error());
  RecognitionTerms terms;
  auto writing = environment_.recognizer->transcribe(std::move(*clip), std::move(terms));
  co_return co_await std::move(writing);
}

void Transcriptions::conclude(TranscriptionRecord record, const RecordingRecord& recording) {
  if (open_.erase(record.sid) == 0) return;  // removed meanwhile
  record.updated = environment_.loop.wall_now();
  Changes changes;
  changes.documents.push_back(record.to_document());
  if (!record.callback.url.empty()) {
    FormFields fields = record.parameters;
    const auto own = environment_.format.render(record, environment_.recordings.url_of(recording));
    fields.insert(fields.end(), own.begin(), own.end());
    Delivery delivery = make_form_delivery(
        record.account_sid, record.callback, "transcription", record.sid, fields,
        environment_.random, record.updated
    );
    changes.deliveries.push_back(std::move(delivery));
  }
  environment_.journal.commit_later(std::move(changes));
  environment_.outbox.wake();
  if (record.status == Status::completed && on_completed_) on_completed_(record);
}

Task<Result<TranscriptionRecord>> Transcriptions::find(std::string sid) {
  std::string collection(TranscriptionRecord::collection);
  auto document = co_await environment_.journal.find_document(std::move(collection), sid);
  if (!document) co_return base::fail(document.error());
  if (!*document) co_return base::fail(Errc::not_found, "no transcription " + sid);
  auto record = TranscriptionRecord::from_document(**document);
  if (!record) co_return base::fail(Errc::internal, "transcription " + sid + " cannot be read");
  co_return std::move(*record);
}

Task<Result<>> Transcriptions::remove(std::string sid) {
  const auto record = co_await find(sid);
  if (!record) co_return base::fail(record.error());
  open_.erase(sid);
  Changes changes;
  changes.removed_documents.push_back({std::string(TranscriptionRecord::collection), sid});
  co_return co_await environment_.journal.commit(std::move(changes));
}

Task<Result<>> Transcriptions::recover() {
  DocumentQuery query;
  query.collection = TranscriptionRecord::collection;
  query.members.emplace_back("status", to_string(Status::in_progress));
  query.limit = most_recovered;
  const auto left = co_await environment_.journal.find_documents(std::move(query));
  if (!left) co_return base::fail(left.error());
  for (const Document& document : *left)
    if (auto record = TranscriptionRecord::from_document(document)) take_up(std::move(*record));
  tasks_.spawn(remove_old());
  co_return Result<>{};
}

Task<void> Transcriptions::remove_old() {
  while (true) {
    DocumentQuery query;
    query.collection = TranscriptionRecord::collection;
    query.created_before = environment_.loop.wall_now() - environment_.keep;
    query.limit = rows_at_once;
    const auto old = co_await environment_.journal.find_documents(std::move(query));
    Changes changes;
    if (old)
      for (const Document& document : *old)
        changes.removed_documents.push_back({document.collection, document.key});
    const std::size_t removed = changes.removed_documents.size();
    if (removed > 0) environment_.journal.commit_later(std::move(changes));
    if (removed < rows_at_once) co_await base::sleep_for(environment_.loop, purge_interval);
  }
}

}  // namespace belfry::call
