#include "call/messages.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"
#include "call/destination_policy.hpp"
#include "call/message_hold.hpp"
#include "call/message_text.hpp"
#include "call/opt_out.hpp"
#include "call/outbox.hpp"

namespace belfry::call {
namespace {

using namespace std::chrono_literals;
using base::Errc;
using base::fail;
using base::Result;
using base::Task;

constexpr std::size_t max_characters = 1600;
constexpr std::size_t max_media = 10;
constexpr std::size_t max_url = 4096;
constexpr auto max_validity = 36'000s;
constexpr auto soonest_schedule = 300s;
constexpr auto latest_schedule = std::chrono::days(35);

bool is_web_url(std::string_view url) {
  return (url.starts_with("http://") || url.starts_with("https://")) && url.size() <= max_url &&
         url.find("://") + 3 < url.size() && !std::ranges::any_of(url, [](char character) {
           return static_cast<unsigned char>(character) <= ' ';
         });
}

/// A messaging service writes to one party from one of its numbers, always the same.
const std::string& sticky_sender(const std::vector<std::string>& senders, const std::string& to) {
  std::uint64_t hash = 14695981039346656037ull;  // FNV-1a
  for (const char character : to)
    hash = (hash ^ static_cast<unsigned char>(character)) * 1099511628211ull;
  return senders[hash % senders.size()];
}

MessageStatus first_status(const SendMessage& message) {
  if (message.send_at) return MessageStatus::scheduled;
  return message.messaging_service_sid.empty() ? MessageStatus::queued : MessageStatus::accepted;
}

}  // namespace

Messages::Messages(Parts parts, Settings settings)
    : parts_(parts), settings_(settings), tasks_(parts_.loop) {}

Messages::~Messages() = default;

Result<> Messages::check_content(const SendMessage& message) const {
  if (message.to.empty())
    return fail(Errc::invalid_argument, "A 'To' phone number is required", 21604);
  if (message.from.empty() && message.messaging_service_sid.empty())
    return fail(
        Errc::invalid_argument, "A 'From' phone number or MessagingServiceSid is required", 21603
    );
  if (message.body.empty() && message.media_urls.empty())
    return fail(Errc::invalid_argument, "A message needs a 'Body' or a 'MediaUrl'", 21602);
  if (measure_message(message.body).characters > max_characters)
    return fail(
        Errc::invalid_argument, "The message body exceeds the limit of 1600 characters", 21617
    );
  if (message.media_urls.size() > max_media)
    return fail(Errc::invalid_argument, "A message can have at most 10 media", 21623);
  if (!std::ranges::all_of(message.media_urls, is_web_url))
    return fail(Errc::invalid_argument, "A 'MediaUrl' is not a valid URL", 21620);
  if (message.validity < 1s || message.validity > max_validity)
    return fail(Errc::invalid_argument, "'ValidityPeriod' must be 1 to 36000 seconds", 21624);
  if (!message.status_callback.empty() && !is_web_url(message.status_callback))
    return fail(Errc::invalid_argument, "'StatusCallback' is not a valid URL", 21609);
  if (!message.send_at) return {};
  if (message.messaging_service_sid.empty())
    return fail(Errc::invalid_argument, "A scheduled message needs a MessagingServiceSid", 35118);
  const base::WallTime now = parts_.loop.wall_now();
  if (*message.send_at < now + soonest_schedule || *message.send_at > now + latest_schedule)
    return fail(
        Errc::invalid_argument, "'SendAt' must be between 300 seconds and 35 days from now", 35114
    );
  return {};
}

Result<> Messages::choose_sender(const SendMessage& message, MessageRecord& record) const {
  if (message.from.empty()) {
    if (message.senders.empty())
      return fail(Errc::invalid_argument, "The messaging service has no phone number", 21703);
    record.from = sticky_sender(message.senders, record.to);
    return {};
  }
  auto from = normalize_sender(message.from);
  if (!from)
    return fail(
        Errc::invalid_argument, "The 'From' number " + message.from + " " + from.error().message,
        21212
    );
  record.from = std::move(*from);
  return {};
}

Result<MessageRecord> Messages::make_record(const SendMessage& message) {
  BELFRY_CHECK(check_content(message));
  MessageRecord record;
  auto to = normalize_receiver(message.to);
  if (!to)
    return fail(
        Errc::invalid_argument, "The 'To' number " + message.to + " " + to.error().message, 21211
    );
  record.to = std::move(*to);
  BELFRY_CHECK(choose_sender(message, record));
  if (record.from == record.to)
    return fail(Errc::invalid_argument, "'To' and 'From' cannot be the same number", 21266);
  const base::WallTime now = parts_.loop.wall_now();
  record.sid = message.sid;
  if (record.sid.empty())
    record.sid = base::make_sid(message.media_urls.empty() ? "SM" : "MM", parts_.random);
  record.account_sid = message.account_sid;
  record.messaging_service_sid = message.messaging_service_sid;
  record.direction = message.direction;
  record.body = message.smart_encoded ? smart_encoded(message.body) : message.body;
  record.segments = message.media_urls.empty() ? measure_message(record.body).segments : 1;
  record.media_urls = message.media_urls;
  record.media_count = message.media_urls.size();
  record.status = first_status(message);
  record.created = record.updated = now;
  record.send_at = message.send_at;
  record.valid_until = message.send_at.value_or(now) + message.validity;
  record.status_callback = message.status_callback;
  record.origin_sid = message.origin_sid;
  record.answers_opt_out = message.answers_opt_out;
  return record;
}

Task<Result<>> Messages::admit(MessageRecord& record) {
  auto number = co_await parts_.numbers.find(record.from);
  if (!number) co_return fail(number.error());
  const bool foreign =
      *number && !(*number)->account_sid.empty() && (*number)->account_sid != record.account_sid;
  if (foreign || (*number && !(*number)->sends))
    co_return fail(
        Errc::invalid_argument,
        "The 'From' number " + record.from + " is not a message-capable number of this account",
        21606
    );
  const MessageCarrier* carrier = parts_.routes.choose(record.to);
  if (carrier == nullptr)
    co_return fail(
        Errc::invalid_argument, "No carrier takes messages to the 'To' number " + record.to, 21612
    );
  record.paid = carrier->costs_money();
  if (parts_.destinations != nullptr) {
    auto allowed = parts_.destinations->admit_message(record.to, record.paid);
    if (!allowed) co_return fail(std::move(allowed.error()));
  }
  if (record.answers_opt_out) co_return Result<>{};
  auto refused = co_await has_opted_out(record.account_sid, record.from, record.to);
  if (!refused) co_return fail(refused.error());
  if (*refused)
    co_return fail(
        Errc::refused, "Attempt to send to unsubscribed recipient: " + record.to + " said STOP",
        21610
    );
  const auto sender = senders_.find(record.from);
  if (sender != senders_.end() && sender->second.queue.size() >= settings_.queue_per_sender)
    co_return fail(
        Errc::unavailable, "The queue of the 'From' number " + record.from + " is full", 21611
    );
  if (!record.paid) co_return Result<>{};
  co_return co_await count_of_day(record.account_sid);
}

/// Rule F2: a stolen token must not cost more than a day's cap.
Task<Result<>> Messages::count_of_day(std::string account_sid) {
  if (settings_.per_day == 0) co_return Result<>{};
  const auto midnight = std::chrono::floor<std::chrono::days>(parts_.loop.wall_now());
  const std::int64_t today = midnight.time_since_epoch().count();
  if (days_[account_sid].number != today) days_[account_sid] = {.number = today};
  if (!days_[account_sid].counted) {
    DocumentQuery query{.collection = std::string(message_collection), .tag = account_sid};
    query.members = {{"paid", "true"}};
    query.created_from = midnight;
    auto before = co_await parts_.journal.count_documents(std::move(query));
    if (!before) co_return fail(before.error());
    Day& day = days_[account_sid];
    if (!day.counted) day.sent = *before;
    day.counted = true;
  }
  Day& day = days_[account_sid];
  if (day.sent >= settings_.per_day)
    co_return fail(
        Errc::unavailable,
        "The account has sent its " + std::to_string(settings_.per_day) + " messages of today",
        63038
    );
  if (++day.sent == settings_.per_day * 4ull / 5)
    base::log::warning(
        "messages.cap_near",
        {{"account", account_sid}, {"sent", day.sent}, {"cap", settings_.per_day}}
    );
  co_return Result<>{};
}

Task<Result<MessageRecord>> Messages::send(SendMessage message) {
  Result<MessageRecord> made = make_record(message);
  if (!made) co_return made;
  MessageRecord record = std::move(*made);
  const Result<> admitted = co_await admit(record);
  if (!admitted) co_return fail(admitted.error());
  Changes changes;
  changes.new_documents.push_back(record.to_document());
  changes.documents.push_back(job_of(record));
  note_sender(record, changes);
  if (record.status == MessageStatus::queued) add_callback(record, changes);
  const Result<> stored = co_await parts_.journal.commit(std::move(changes));
  if (!stored) {
    if (stored.error().code != Errc::conflict || message.sid.empty())
      co_return fail(stored.error());
    const auto earlier = co_await load(record.sid);  // the same reply, before a restart
    if (!earlier) co_return fail(stored.error());
    co_return *earlier;
  }
  announce(record);
  schedule(record);
  co_return record;
}

Document Messages::job_of(const MessageRecord& record) const {
  return {std::string(message_job_collection), record.sid, "", {}, parts_.loop.wall_now()};
}

/// Who has sent messages gets the answers to them, even when no configuration names the number.
void Messages::note_sender(const MessageRecord& record, Changes& changes) {
  const std::string known = record.account_sid + record.from;
  if (known_senders_.contains(known)) return;
  if (known_senders_.size() >= 4096) known_senders_.clear();
  known_senders_.insert(known);
  changes.documents.push_back(
      {"message_sender",
       record.from,
       record.account_sid,
       {{"account_sid", record.account_sid}},
       record.created}
  );
}

void Messages::add_callback(const MessageRecord& record, Changes& changes) {
  if (record.status_callback.empty()) return;
  Delivery delivery = parts_.callback_format.render(record, parts_.loop.wall_now());
  delivery.id = base::make_uuid(parts_.random);
  changes.deliveries.push_back(std::move(delivery));
}

void Messages::announce(const MessageRecord& record) {
  parts_.outbox.wake();
  base::log::info(
      "message." + std::string(to_string(record.status)),
      {{"message", record.sid}, {"error", record.error_code}}
  );
  if (on_change_) on_change_(record);
}

void Messages::complain(const MessageRecord& message, const Problem& problem) {
  base::log::warning(
      "message.problem", {{"message", message.sid}, {"code", problem.code}}
      // its text may hold numbers (rule P6)
  );
  if (on_problem_) on_problem_(message, problem);
}

// --- Changing ---

Task<std::optional<MessageRecord>> Messages::load(std::string sid) {
  const auto found =
      co_await parts_.journal.find_document(std::string(message_collection), std::move(sid));
  if (!found || !*found) co_return std::nullopt;
  co_return MessageRecord::from_document(**found);
}

Task<Messages::Stored> Messages::change(std::string sid, Change change) {
  const std::unique_ptr<Hold> hold = co_await Hold::take(*this, sid);
  auto record = co_await load(sid);
  if (!record) co_return fail(Errc::not_found, "no such message");
  const MessageStatus before = record->status;
  if (const Result<> changed = change(*record); !changed) co_return fail(changed.error());
  co_return co_await commit(std::move(*record), before);
}

Task<Messages::Stored> Messages::commit(MessageRecord record, MessageStatus before) {
  record.updated = parts_.loop.wall_now();
  Changes changes;
  changes.documents.push_back(record.to_document());
  if (record.status != before) {
    const bool told = record.status != MessageStatus::sending &&
                      !(record.status == MessageStatus::queued && before == MessageStatus::sending);
    if (told) add_callback(record, changes);
    const MessageCarrier* carrier = parts_.routes.find(record.carrier);
    const bool handed_over =
        record.status == MessageStatus::sent && (carrier == nullptr || !carrier->may_repeat());
    if (is_final(record.status) || handed_over)
      changes.removed_documents.push_back({std::string(message_job_collection), record.sid});
  }
  const Result<> stored = co_await parts_.journal.commit(std::move(changes));
  if (!stored) co_return fail(stored.error());
  if (record.status != before) announce(record);
  co_return record;
}

}  // namespace belfry::call
