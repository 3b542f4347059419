#include <algorithm>

#include "base/log.hpp"
#include "call/message_hold.hpp"
#include "call/opt_out.hpp"

/// What is asked and done about messages that are there: looked up, taken back, forgotten; their
/// files; who wants none.
namespace belfry::call {

using base::Errc;
using base::fail;
using base::Result;
using base::Task;

Task<Result<MessageRecord>> Messages::find(std::string account_sid, std::string sid) {
  auto found = co_await parts_.journal.find_document(std::string(message_collection), sid);
  if (!found) co_return fail(found.error());
  if (!*found) co_return fail(Errc::not_found, "no such message");
  MessageRecord record = MessageRecord::from_document(**found);
  if (record.account_sid != account_sid) co_return fail(Errc::not_found, "no such message");
  co_return record;
}

Task<Result<MessageRecord>> Messages::cancel(std::string account_sid, std::string sid) {
  Change edit = [account_sid](MessageRecord& record) -> Result<> {
    if (record.account_sid != account_sid) return fail(Errc::not_found, "no such message");
    if (record.status == MessageStatus::canceled) return {};
    if (!may_follow(record.status, MessageStatus::canceled))
      return fail(Errc::conflict, "The message cannot be canceled any more", 30409);
    record.status = MessageStatus::canceled;
    return {};
  };
  co_return co_await change(std::move(sid), std::move(edit));
}

Task<Result<MessageRecord>> Messages::redact(std::string account_sid, std::string sid) {
  Change edit = [account_sid](MessageRecord& record) -> Result<> {
    if (record.account_sid != account_sid) return fail(Errc::not_found, "no such message");
    if (!is_final(record.status) && record.status != MessageStatus::sent)
      return fail(Errc::conflict, "The message has not been sent yet", 20009);
    record.body.clear();
    return {};
  };
  co_return co_await change(std::move(sid), std::move(edit));
}

Task<Result<>> Messages::remove(std::string account_sid, std::string sid) {
  const std::unique_ptr<Hold> hold = co_await Hold::take(*this, sid);
  const auto record = co_await load(sid);
  if (!record || record->account_sid != account_sid)
    co_return fail(Errc::not_found, "no such message");
  if (!is_final(record->status) && record->status != MessageStatus::sent)
    co_return fail(Errc::conflict, "The message has not been sent yet", 20009);
  auto media = co_await media_of(sid);
  if (!media) co_return fail(media.error());
  Changes changes;
  changes.removed_documents.push_back({std::string(message_collection), sid});
  changes.removed_documents.push_back({std::string(message_job_collection), sid});
  for (const MessageMedium& medium : *media)
    changes.removed_documents.push_back({std::string(message_media_collection), medium.sid});
  const Result<> removed = co_await parts_.journal.commit(std::move(changes));
  if (!removed) co_return fail(removed.error());
  for (const MessageMedium& medium : *media) {
    const Result<> gone = co_await parts_.blobs.remove(medium.sid);
    if (!gone) base::log::warning("message.media_left", {{"why", gone.error().message}});
  }
  co_return Result<>{};
}

/// Rule P5, hour by hour. One that still waits for its carrier is left.
Task<void> Messages::remove_old() {
  constexpr std::size_t rows_at_once = 100;
  while (true) {
    DocumentQuery query{.collection = std::string(message_collection), .limit = rows_at_once};
    query.created_before = parts_.loop.wall_now() - settings_.keep;
    std::size_t removed = 0;
    while (true) {
      auto page = co_await parts_.journal.find_documents(query);
      if (!page || page->empty()) break;
      query.after_key = page->back().key;
      for (const Document& document : *page) {
        const Result<> gone = co_await remove(document.tag, document.key);
        if (gone) ++removed;
      }
    }
    if (removed > 0) base::log::info("messages.expired", {{"messages", removed}});
    co_await base::sleep_for(parts_.loop, std::chrono::hours(1));
  }
}

// --- Media ---

Task<Result<std::vector<MessageMedium>>> Messages::media_of(std::string message_sid) {
  DocumentQuery query{
      .collection = std::string(message_media_collection), .tag = std::move(message_sid)
  };
  auto found = co_await parts_.journal.find_documents(std::move(query));
  if (!found) co_return fail(found.error());
  std::vector<MessageMedium> media;
  for (const Document& document : *found) media.push_back(MessageMedium::from_document(document));
  std::ranges::reverse(media);  // in the order of the message
  co_return media;
}

Task<Result<std::optional<MessageMedium>>> Messages::find_medium(
    std::string message_sid, std::string medium_sid
) {
  auto found = co_await parts_.journal.find_document(
      std::string(message_media_collection), std::move(medium_sid)
  );
  if (!found) co_return fail(found.error());
  if (!*found || (*found)->tag != message_sid) co_return std::optional<MessageMedium>();
  co_return std::optional<MessageMedium>(MessageMedium::from_document(**found));
}

Task<Result<std::string>> Messages::read_medium(std::string medium_sid) {
  return parts_.blobs.read(std::move(medium_sid));
}

Task<Result<>> Messages::remove_medium(std::string message_sid, std::string medium_sid) {
  auto medium = co_await find_medium(std::move(message_sid), medium_sid);
  if (!medium) co_return fail(medium.error());
  if (!*medium) co_return fail(Errc::not_found, "no such medium");
  Changes changes;
  changes.removed_documents.push_back({std::string(message_media_collection), medium_sid});
  const Result<> removed = co_await parts_.journal.commit(std::move(changes));
  if (!removed) co_return fail(removed.error());
  co_return co_await parts_.blobs.remove(std::move(medium_sid));
}

// --- Refusals (rule P2) ---

Task<Result<bool>> Messages::has_opted_out(
    std::string account_sid, std::string number, std::string party
) {
  DocumentKey key = opt_out_key(account_sid, number, party);
  auto found = co_await parts_.journal.find_document(std::move(key.collection), std::move(key.key));
  if (!found) co_return fail(found.error());
  co_return found->has_value();
}

}  // namespace belfry::call
