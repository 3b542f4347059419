#include "call/queues.hpp"

#include "base/ids.hpp"
#include "base/log.hpp"
#include "call/json_members.hpp"
#include "call/leg.hpp"

namespace belfry::call {

// --- QueueRecord ---

Document QueueRecord::to_document() const {
  base::json::object value{
      {"account_sid", account_sid},
      {"friendly_name", name},
      {"max_size", max_size},
      {"date_updated", base::to_unix_micros(updated)},
  };
  return {std::string(queue_collection), sid, name, std::move(value), created};
}

QueueRecord QueueRecord::from_document(const Document& document) {
  QueueRecord record;
  record.sid = document.key;
  record.account_sid = text_member(document.value, "account_sid");
  record.name = text_member(document.value, "friendly_name");
  record.max_size = static_cast<std::uint32_t>(number_member(document.value, "max_size"));
  record.created = document.created;
  record.updated = base::from_unix_micros(number_member(document.value, "date_updated"));
  return record;
}

// --- QueuePlace, QueueRequest ---

QueuePlace::QueuePlace(Queues& queues, std::string queue_sid, Leg& leg)
    : queues_(queues),
      queue_sid_(std::move(queue_sid)),
      leg_(leg),
      since_(leg.loop().now()),
      enqueued_(leg.loop().wall_now()),
      calls_(leg.loop()) {}

QueuePlace::~QueuePlace() {
  queues_.drop(*this);
  // Taken out in the very moment in which the leg goes: the other asks for the next one.
  while (const auto meeting = calls_.try_pop()) (*meeting)->over.set();
}

const std::string& QueuePlace::call_sid() const {
  return leg_.sid();
}

base::Task<QueueMeetingPtr> QueuePlace::taken_out() {
  QueueMeetingPtr meeting = co_await calls_.pop();
  co_return meeting;
}

void QueuePlace::wait_again() {
  Queues::Queue* queue = queues_.queue(queue_sid_);
  if (queue == nullptr) return;
  queue->waiting.push_front(this);
  queues_.match(*queue);
}

std::int64_t QueuePlace::waited_s() const {
  return base::to_ms(leg_.loop().now() - since_) / 1000;
}

QueueRequest::QueueRequest(Queues& queues, std::string queue_sid, Leg& leg, SideDocument document)
    : queues_(queues),
      queue_sid_(std::move(queue_sid)),
      leg_(leg),
      document_(std::move(document)),
      meetings_(leg.loop()) {}

QueueRequest::~QueueRequest() {
  queues_.drop(*this);
  while (const auto meeting = meetings_.try_pop()) (*meeting)->over.set();
}

base::Task<QueueMeetingPtr> QueueRequest::meeting() {
  QueueMeetingPtr meeting = co_await meetings_.pop();
  co_return meeting;
}

// --- Queues ---

Queues::~Queues() = default;

base::Task<base::Result<>> Queues::load() {
  std::string after;
  while (true) {
    DocumentQuery query{.collection = std::string(queue_collection)};
    query.after_key = after;
    query.limit = 500;
    auto page = co_await journal_.find_documents(std::move(query));
    if (!page) co_return base::fail(std::move(page.error()));
    if (page->empty()) co_return base::Result<>{};
    after = page->back().key;
    for (const Document& document : *page) add(QueueRecord::from_document(document));
  }
}

Queues::Queue& Queues::add(QueueRecord record) {
  by_name_[{record.account_sid, record.name}] = record.sid;
  const std::string sid = record.sid;
  Queue& queue = queues_[sid];
  queue.record = std::move(record);
  return queue;
}

QueueRecord Queues::make_record(std::string account_sid, std::string name, std::uint32_t max_size) {
  QueueRecord record;
  record.sid = base::make_sid("QU", random_);
  record.account_sid = std::move(account_sid);
  record.name = std::move(name);
  record.max_size = std::clamp(max_size, 1U, max_queue_size);
  record.created = record.updated = loop_.wall_now();
  return record;
}

base::Task<base::Result<QueueRecord>> Queues::create(
    std::string account_sid, std::string name, std::uint32_t max_size
) {
  if (find_by_name(account_sid, name) != nullptr)
    co_return base::fail(base::Errc::conflict, "a queue of this name exists");
  QueueRecord record = make_record(std::move(account_sid), std::move(name), max_size);
  add(record);  // at once: two that are made at the same moment cannot both have the name
  Changes changes;
  changes.documents.push_back(record.to_document());
  const auto stored = co_await journal_.commit(std::move(changes));
  if (stored) co_return record;
  by_name_.erase({record.account_sid, record.name});
  queues_.erase(record.sid);
  co_return base::fail(stored.error());
}

base::Task<base::Result<QueueRecord>> Queues::update(std::string sid, Update update) {
  Queue* known = queue(sid);
  if (known == nullptr) co_return base::fail(base::Errc::not_found, "no such queue");
  QueueRecord& record = known->record;
  if (update.name && *update.name != record.name) {
    if (find_by_name(record.account_sid, *update.name) != nullptr)
      co_return base::fail(base::Errc::conflict, "a queue of this name exists");
    by_name_.erase({record.account_sid, record.name});
    record.name = std::move(*update.name);
    by_name_[{record.account_sid, record.name}] = sid;
  }
  if (update.max_size) record.max_size = std::clamp(*update.max_size, 1U, max_queue_size);
  record.updated = loop_.wall_now();
  const QueueRecord changed = record;
  Changes changes;
  changes.documents.push_back(changed.to_document());
  const auto stored = co_await journal_.commit(std::move(changes));
  if (!stored) co_return base::fail(stored.error());
  co_return changed;
}

base::Task<base::Result<>> Queues::remove(std::string sid) {
  const Queue* known = queue(sid);
  if (known == nullptr) co_return base::fail(base::Errc::not_found, "no such queue");
  if (!known->waiting.empty())
    co_return base::fail(base::Errc::conflict, "somebody waits in the queue");
  by_name_.erase({known->record.account_sid, known->record.name});
  queues_.erase(sid);
  Changes changes;
  changes.removed_documents.push_back({std::string(queue_collection), sid});
  co_return co_await journal_.commit(std::move(changes));
}

Queues::Queue* Queues::queue(const std::string& sid) {
  const auto found = queues_.find(sid);
  return found == queues_.end() ? nullptr : &found->second;
}

const QueueRecord* Queues::find(const std::string& sid) const {
  const auto found = queues_.find(sid);
  return found == queues_.end() ? nullptr : &found->second.record;
}

const QueueRecord* Queues::find_by_name(const std::string& account_sid, const std::string& name)
    const {
  const auto found = by_name_.find({account_sid, name});
  return found == by_name_.end() ? nullptr : find(found->second);
}

QueueWait Queues::describe(const QueuePlace& place, std::size_t position) const {
  return {place.call_sid(), position, place.enqueued(), place.waited_s()};
}

std::vector<QueueWait> Queues::waiting(const std::string& sid) const {
  std::vector<QueueWait> all;
  const auto found = queues_.find(sid);
  if (found == queues_.end()) return all;
  for (const QueuePlace* place : found->second.waiting)
    all.push_back(describe(*place, all.size() + 1));
  return all;
}

std::optional<QueueWait> Queues::find_waiting(const std::string& sid, std::string_view call_sid)
    const {
  for (QueueWait& wait : waiting(sid))
    if (call_sid == "Front" || wait.call_sid == call_sid) return std::move(wait);
  return std::nullopt;
}

std::int64_t Queues::average_wait_s(const std::string& sid) const {
  const auto all = waiting(sid);
  std::int64_t total = 0;
  for (const QueueWait& wait : all) total += wait.wait_s;
  return all.empty() ? 0 : total / static_cast<std::int64_t>(all.size());
}

base::Result<std::unique_ptr<QueuePlace>> Queues::enqueue(
    Leg& leg, const std::string& name, std::uint32_t max_size
) {
  const std::string& account = leg.record().account_sid;
  const QueueRecord* known = find_by_name(account, name);
  if (known == nullptr) {
    QueueRecord record = make_record(account, name, max_size);
    Changes changes;
    changes.documents.push_back(record.to_document());
    journal_.commit_later(std::move(changes));
    known = &add(std::move(record)).record;
  }
  Queue& where = *queue(known->sid);
  if (where.waiting.size() >= where.record.max_size)
    return base::fail(base::Errc::unavailable, "the queue is full", 14207);
  auto place = std::make_unique<QueuePlace>(*this, where.record.sid, leg);
  where.waiting.push_back(place.get());
  leg.note("queue.entered", {{"queue", where.record.sid}, {"name", name}});
  match(where);
  return place;
}

base::Result<std::unique_ptr<QueueRequest>> Queues::request(
    Leg& leg, const std::string& name, SideDocument document
) {
  const QueueRecord* known = find_by_name(leg.record().account_sid, name);
  if (known == nullptr) return base::fail(base::Errc::not_found, "no queue has this name");
  Queue& where = *queue(known->sid);
  auto request = std::make_unique<QueueRequest>(*this, where.record.sid, leg, std::move(document));
  where.requests.push_back(request.get());
  match(where);
  return request;
}

void Queues::match(Queue& queue) {
  while (!queue.waiting.empty() && !queue.requests.empty()) {
    QueuePlace& place = *queue.waiting.front();
    QueueRequest& request = *queue.requests.front();
    queue.waiting.pop_front();
    queue.requests.pop_front();
    auto meeting = std::make_shared<QueueMeeting>(loop_);
    meeting->queue_sid = queue.record.sid;
    meeting->caller_sid = place.call_sid();
    meeting->dialer_sid = request.leg_.sid();
    meeting->waited_s = place.waited_s();
    meeting->document = request.document_;
    base::log::info(
        "queue.taken_out", {{"queue", queue.record.sid}, {"call", meeting->caller_sid}}
    );
    place.calls_.push(meeting);
    request.meetings_.push(std::move(meeting));
  }
}

void Queues::drop(QueuePlace& place) {
  if (Queue* where = queue(place.queue_sid_)) std::erase(where->waiting, &place);
}

void Queues::drop(QueueRequest& request) {
  if (Queue* where = queue(request.queue_sid_)) std::erase(where->requests, &request);
}

}  // namespace belfry::call
