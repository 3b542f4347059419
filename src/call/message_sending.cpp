#include <algorithm>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "call/messages.hpp"
#include "call/outbox.hpp"

/// How messages leave: each sender's in turn, one a second, once.
namespace belfry::call {
namespace {

using namespace std::chrono_literals;
using base::Errc;
using base::Error;
using base::fail;
using base::Result;
using base::Task;

constexpr std::size_t max_medium_bytes = 5u << 20;
constexpr base::Duration carrier_pause = 10s;  // after a carrier took nothing
constexpr base::Duration full_disk_pause = 5s;
constexpr int unknown_error = 30008;
constexpr int validity_ended = 30036;
constexpr int opted_out = 21610;
constexpr std::size_t page = 500;

constexpr std::string_view file_types[] = {
    "image/", "video/", "audio/", "text/", "application/pdf", "application/vcard",
};

bool may_be_sent(std::string_view content_type) {
  return std::ranges::any_of(file_types, [&](std::string_view type) {
    return content_type.starts_with(type);
  });
}

/// The same for the same file of a message, so that a second fetch replaces the first.
std::string medium_sid(std::string_view message_sid, std::size_t index) {
  return "ME" +
         base::sha256_hex(std::string(message_sid) + "/" + std::to_string(index)).substr(0, 32);
}

Error with_code(Error error, int code) {
  if (error.detail == 0) error.detail = code;
  return error;
}

}  // namespace

Task<Result<>> Messages::recover() {
  std::vector<std::string> jobs;
  DocumentQuery query{.collection = std::string(message_job_collection), .limit = page};
  while (true) {
    auto found = co_await parts_.journal.find_documents(query);
    if (!found) co_return fail(found.error());
    for (Document& job : *found) jobs.push_back(std::move(job.key));
    if (found->size() < page) break;
    query.after_key = jobs.back();
  }
  for (auto job = jobs.rbegin(); job != jobs.rend(); ++job) {  // oldest first
    auto record = co_await load(*job);
    if (record) schedule(*record);
  }
  tasks_.spawn(remove_old());
  co_return Result<>{};
}

void Messages::schedule(const MessageRecord& record) {
  switch (record.status) {
    case MessageStatus::scheduled: {
      Task<void> waiting = wait_for_time(record.sid, record.send_at.value_or(record.created));
      return tasks_.spawn(std::move(waiting));
    }
    case MessageStatus::accepted:
    case MessageStatus::queued:
    case MessageStatus::sending:
      return enqueue(record);
    case MessageStatus::sent:
      if (MessageCarrier* carrier = parts_.routes.find(record.carrier)) carrier->follow(record);
      return;
    case MessageStatus::received: {
      Task<void> answering = answer(record);
      return tasks_.spawn(std::move(answering));
    }
    case MessageStatus::delivered:
    case MessageStatus::undelivered:
    case MessageStatus::failed:
    case MessageStatus::canceled:
    case MessageStatus::read:
      return;
  }
}

/// The wall clock may be stepped (rule R5): that may delay the message, never repeat it.
Task<void> Messages::wait_for_time(std::string sid, base::WallTime at) {
  while (parts_.loop.wall_now() < at) {
    const base::Duration left = at - parts_.loop.wall_now();
    co_await base::sleep_for(parts_.loop, std::min<base::Duration>(left, 1h));
  }
  const Stored due = co_await step(std::move(sid), MessageStatus::queued);
  if (due) enqueue(*due);
}

void Messages::enqueue(const MessageRecord& record) {
  const bool idle = !senders_.contains(record.from);
  senders_[record.from].queue.push_back(record.sid);
  if (!idle) return;
  Task<void> running = run_sender(record.from);
  tasks_.spawn(std::move(running));
}

Task<void> Messages::run_sender(std::string from) {
  while (!senders_[from].queue.empty()) {
    const std::string sid = senders_[from].queue.front();
    const base::Instant began = parts_.loop.now();
    const Turn turn = co_await send_one(sid);
    senders_[from].queue.pop_front();
    if (turn == Turn::again) {
      // Beside the queue: the others may have another carrier.
      Task<void> waiting = try_again_later(sid);
      tasks_.spawn(std::move(waiting));
    }
    co_await base::sleep_until(parts_.loop, began + settings_.sender_interval);
  }
  senders_.erase(from);
}

Task<void> Messages::try_again_later(std::string sid) {
  co_await base::sleep_for(parts_.loop, carrier_pause);
  const auto record = co_await load(std::move(sid));
  if (record) schedule(*record);  // or it was canceled meanwhile
}

/// Why a message must not leave any more, if so.
Task<Result<>> Messages::check_before_sending(const MessageRecord& message) {
  const MessageCarrier* carrier = parts_.routes.choose(message.to);
  if (carrier == nullptr)
    co_return fail(Errc::not_found, "no carrier takes messages to that number", unknown_error);
  if (message.status == MessageStatus::sending && !carrier->may_repeat())
    co_return fail(
        Errc::internal, "the server ended while the message was being sent; it may have arrived",
        unknown_error
    );
  if (parts_.loop.wall_now() > message.valid_until)
    co_return fail(
        Errc::timed_out, "the validity period ended before the message was sent", validity_ended
    );
  if (message.answers_opt_out) co_return Result<>{};
  const auto refused = co_await has_opted_out(message.account_sid, message.from, message.to);
  if (!refused) co_return fail(Errc::unavailable, refused.error().message);
  if (*refused) co_return fail(Errc::refused, "the recipient has said STOP", opted_out);
  co_return Result<>{};
}

Task<Messages::Turn> Messages::send_one(std::string sid) {
  auto message = co_await load(sid);
  if (!message || is_final(message->status) || message->status == MessageStatus::sent)
    co_return Turn::over;
  Result<> ready = co_await check_before_sending(*message);
  if (ready && message->status == MessageStatus::accepted) {
    const Stored queued = co_await step(sid, MessageStatus::queued);
    if (!queued) co_return Turn::over;  // canceled meanwhile
  }
  if (ready) ready = co_await fetch_media(*message);
  if (!ready && ready.error().code == Errc::unavailable) co_return Turn::again;
  if (!ready) {
    co_await give_up(std::move(sid), ready.error());
    co_return Turn::over;
  }
  if (message->status == MessageStatus::sending) co_return co_await hand_over(std::move(*message));
  Stored sending = co_await step(std::move(sid), MessageStatus::sending);
  if (!sending) co_return Turn::over;
  co_return co_await hand_over(std::move(*sending));
}

Task<Messages::Turn> Messages::hand_over(MessageRecord message) {
  MessageCarrier& carrier = *parts_.routes.choose(message.to);
  const auto taken = co_await carrier.send(message);
  if (!taken && taken.error().code == Errc::unavailable) {
    base::log::warning(
        "message.carrier_unavailable", {{"message", message.sid}, {"carrier", carrier.name()}}
    );
    const Stored waiting = co_await step(message.sid, MessageStatus::queued);
    co_return waiting ? Turn::again : Turn::over;
  }
  if (!taken) {
    co_await give_up(message.sid, taken.error());
    co_return Turn::over;
  }
  const base::WallTime now = parts_.loop.wall_now();
  Change fill = [id = *taken, name = std::string(carrier.name()),
                 now](MessageRecord& record) -> Result<> {
    record.sent = now;
    record.carrier = name;
    record.carrier_id = id;
    return {};
  };
  const Stored sent = co_await step(message.sid, MessageStatus::sent, std::move(fill));
  if (sent) carrier.follow(*sent);
  co_return Turn::over;
}

Task<void> Messages::give_up(std::string sid, Error error) {
  const Error reason = with_code(std::move(error), unknown_error);
  Change fill = [reason](MessageRecord& record) -> Result<> {
    record.error_code = reason.detail;
    record.error_message = reason.message;
    return {};
  };
  const Stored failed = co_await step(sid, MessageStatus::failed, std::move(fill));
  if (failed) base::log::warning("message.not_sent", {{"message", sid}, {"code", reason.detail}});
}

/// Once a carrier has a message there is no way back: while the disk is full (rule R2) the step
/// waits. Errc::conflict when the message has gone another way meanwhile.
Task<Messages::Stored> Messages::step(std::string sid, MessageStatus next, Change fill) {
  while (true) {
    Change edit = [next, fill](MessageRecord& record) -> Result<> {
      if (!may_follow(record.status, next)) return fail(Errc::conflict, "not from that status");
      record.status = next;
      return fill ? fill(record) : Result<>{};
    };
    Stored changed = co_await change(sid, std::move(edit));
    if (changed || changed.error().code != Errc::unavailable) co_return changed;
    co_await base::sleep_for(parts_.loop, full_disk_pause);
  }
}

// --- Media ---

Task<Result<>> Messages::fetch_media(MessageRecord& message) {
  if (message.media_urls.empty() || message.status == MessageStatus::sending) co_return Result<>{};
  Changes changes;
  for (std::size_t index = 0; index < message.media_urls.size(); ++index) {
    Result<MessageMedium> medium = co_await fetch_medium(message, index);
    if (!medium) co_return fail(std::move(medium.error()));
    changes.documents.push_back(medium->to_document());
  }
  co_return co_await parts_.journal.commit(std::move(changes));
}

Task<Result<MessageMedium>> Messages::fetch_medium(
    const MessageRecord& message, std::size_t index
) {
  WebRequest request;
  request.method = "GET";
  request.url = message.media_urls[index];
  request.signature = Delivery::Signature::none;
  request.max_body = max_medium_bytes;
  Result<WebResponse> response = co_await parts_.web.send(std::move(request));
  if (!response) {
    const bool big = response.error().detail == 11750;
    co_return fail(
        Errc::invalid_argument, "media: " + response.error().message,
        big ? 11751 : response.error().detail
    );
  }
  if (response->status < 200 || response->status >= 300)
    co_return fail(
        Errc::invalid_argument, "media: the server answered " + std::to_string(response->status),
        11200
    );
  if (!may_be_sent(response->content_type))
    co_return fail(
        Errc::unsupported, "media: no file of type \"" + response->content_type + "\" can be sent",
        12300
    );
  MessageMedium medium;
  medium.sid = medium_sid(message.sid, index);
  medium.account_sid = message.account_sid;
  medium.message_sid = message.sid;
  medium.content_type = response->content_type;
  medium.size = response->body.size();
  medium.created = parts_.loop.wall_now();
  const Result<> kept = co_await parts_.blobs.write(medium.sid, std::move(response->body));
  if (!kept) co_return fail(kept.error());
  co_return medium;
}

// --- What carriers say ---

void Messages::report(std::string sid, MessageReport report) {
  Task<void> applying = apply(std::move(sid), std::move(report));
  tasks_.spawn(std::move(applying));
}

Task<void> Messages::apply(std::string sid, MessageReport report) {
  Change fill = [report](MessageRecord& record) -> Result<> {
    record.error_code = report.error_code;
    record.error_message = report.error_message;
    return {};
  };
  const Stored changed = co_await step(sid, report.status, std::move(fill));
  if (!changed || changed->status != MessageStatus::delivered) co_return;
  MessageCarrier* carrier = parts_.routes.find(changed->carrier);
  if (carrier == nullptr) co_return;
  auto media = co_await media_of(sid);
  carrier->delivered(*changed, media ? std::move(*media) : std::vector<MessageMedium>());
}

void Messages::report_by_carrier(
    std::string carrier, std::string carrier_id, MessageReport report
) {
  Task<void> applying =
      apply_by_carrier(std::move(carrier), std::move(carrier_id), std::move(report));
  tasks_.spawn(std::move(applying));
}

/// A report may overtake the commit of `sent`, which is what knows the carrier's id: it waits.
Task<void> Messages::apply_by_carrier(
    std::string carrier, std::string carrier_id, MessageReport report
) {
  for (const base::Duration pause : {0ms, 200ms, 1000ms, 5000ms}) {
    co_await base::sleep_for(parts_.loop, pause);
    DocumentQuery query{.collection = std::string(message_collection), .limit = 1};
    query.members = {{"carrier_id", carrier_id}, {"carrier", carrier}};
    query.created_from = parts_.loop.wall_now() - std::chrono::days(7);
    const auto found = co_await parts_.journal.find_documents(std::move(query));
    if (!found) co_return;
    if (found->empty()) continue;
    co_return co_await apply(found->front().key, std::move(report));
  }
}

}  // namespace belfry::call
