#include "base/encoding.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"
#include "call/message_text.hpp"
#include "call/messages.hpp"
#include "call/opt_out.hpp"

/// How messages come in: kept, looked at for STOP (rule P2), answered by their number's program.
namespace belfry::call {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using base::Task;

/// The same for the same cause, so that a second try finds the first.
std::string derived_sid(std::string_view prefix, std::string_view cause) {
  return std::string(prefix) + base::sha256_hex(cause).substr(0, 32);
}

}  // namespace

/// Empty when the number is nobody's here.
Task<Result<std::string>> Messages::account_of(std::string number) {
  auto known = co_await parts_.numbers.find(number);
  if (!known) co_return fail(known.error());
  if (*known) co_return (*known)->account_sid;
  const auto sender = co_await parts_.journal.find_document("message_sender", std::move(number));
  if (!sender) co_return fail(sender.error());
  co_return *sender ? (*sender)->tag : std::string();
}

Task<bool> Messages::answers(std::string number) {
  const Result<std::string> account = co_await account_of(std::move(number));
  co_return account && !account->empty();
}

Task<Result<>> Messages::store_files(
    MessageRecord& record, std::vector<MessageFile> files, Changes& changes
) {
  record.media_count = files.size();
  for (MessageFile& file : files) {
    MessageMedium medium;
    medium.sid = base::make_sid("ME", parts_.random);
    medium.account_sid = record.account_sid;
    medium.message_sid = record.sid;
    medium.content_type = std::move(file.content_type);
    medium.size = file.bytes.size();
    medium.created = record.created;
    const Result<> kept = co_await parts_.blobs.write(medium.sid, std::move(file.bytes));
    if (!kept) co_return fail(kept.error());
    changes.new_documents.push_back(medium.to_document());
  }
  co_return Result<>{};
}

/// STOP and START are in the commit of the message that says them: they hold before the next one.
/// @return the answer that is owed; empty when none is.
Task<Result<std::string>> Messages::note_opt_out(const MessageRecord& record, Changes& changes) {
  const OptOutRequest request = read_opt_out(record.body);
  if (request.word == OptOutWord::none) co_return std::string();
  const auto before = co_await has_opted_out(record.account_sid, record.to, record.from);
  if (!before) co_return fail(before.error());
  switch (request.word) {
    case OptOutWord::stop:
      if (*before) co_return std::string();  // one confirmation
      changes.documents.push_back(opt_out_document(
          record.account_sid, record.to, record.from, "message " + record.sid, record.created
      ));
      break;
    case OptOutWord::start:
      if (!*before) co_return std::string();  // a plain YES to something else
      changes.removed_documents.push_back(opt_out_key(record.account_sid, record.to, record.from));
      break;
    case OptOutWord::help:
    case OptOutWord::none:
      break;
  }
  co_return std::string(opt_out_answer(request));
}

Task<Result<MessageRecord>> Messages::receive(IncomingMessage message) {
  const Result<std::string> account = co_await account_of(message.to);
  if (!account) co_return fail(account.error());
  if (account->empty()) co_return fail(Errc::not_found, "nobody here has that number");
  const std::string_view prefix = message.files.empty() ? "SM" : "MM";
  MessageRecord record;
  record.sid = message.carrier_id.empty()
                   ? base::make_sid(prefix, parts_.random)
                   : derived_sid(prefix, message.carrier + " " + message.carrier_id);
  record.account_sid = *account;
  record.direction = MessageRecord::Direction::inbound;
  record.from = std::move(message.from);
  record.to = std::move(message.to);
  record.body = std::move(message.body);
  record.segments = measure_message(record.body).segments;
  record.status = MessageStatus::received;
  record.created = record.updated = record.valid_until = parts_.loop.wall_now();
  record.sent = record.created;
  record.carrier = std::move(message.carrier);
  record.carrier_id = std::move(message.carrier_id);

  Changes changes;
  const Result<> kept = co_await store_files(record, std::move(message.files), changes);
  if (!kept) co_return fail(kept.error());
  Result<std::string> owed = co_await note_opt_out(record, changes);
  if (!owed) co_return fail(owed.error());
  changes.new_documents.push_back(record.to_document());
  Document job = job_of(record);
  if (!owed->empty()) job.value["answer"] = *owed;
  changes.new_documents.push_back(std::move(job));
  const Result<> stored = co_await parts_.journal.commit(std::move(changes));
  if (!stored) {
    if (stored.error().code != Errc::conflict) co_return fail(stored.error());
    const auto earlier = co_await load(record.sid);  // the carrier brings it again
    if (!earlier) co_return fail(stored.error());
    co_return *earlier;
  }
  announce(record);
  schedule(record);
  co_return record;
}

Task<void> Messages::answer(MessageRecord record) {
  struct Busy {
    std::size_t& count;
    ~Busy() { --count; }
  } busy{++answering_};
  const auto job =
      co_await parts_.journal.find_document(std::string(message_job_collection), record.sid);
  if (!job || !*job) co_return;
  if (const auto* owed = base::json::find_string((*job)->value, "answer")) {
    std::string text(*owed);
    co_await confirm_opt_out(record, std::move(text));
  }
  auto number = co_await parts_.numbers.find(record.to);
  if (number && *number && !(*number)->url.empty() && parts_.program != nullptr) {
    MessageNumber found = std::move(**number);
    co_await parts_.program->run(*this, record, std::move(found));
  }
  Changes done;
  done.removed_documents.push_back({std::string(message_job_collection), record.sid});
  parts_.journal.commit_later(std::move(done));
}

Task<void> Messages::confirm_opt_out(const MessageRecord& record, std::string text) {
  SendMessage confirmation;
  confirmation.account_sid = record.account_sid;
  confirmation.from = record.to;
  confirmation.to = record.from;
  confirmation.body = std::move(text);
  confirmation.direction = MessageRecord::Direction::outbound_reply;
  confirmation.origin_sid = record.sid;
  confirmation.answers_opt_out = true;
  confirmation.sid = derived_sid("SM", record.sid + " opt-out");
  const auto sent = co_await send(std::move(confirmation));
  if (!sent)
    base::log::warning(
        "message.confirmation_not_sent", {{"message", record.sid}, {"code", sent.error().detail}}
    );
}

}  // namespace belfry::call
