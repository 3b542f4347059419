#include "sim/text_network.hpp"

#include "base/log.hpp"

namespace belfry::sim {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration travel_time = 150ms;

Message to_message(
    const call::MessageRecord& record, const std::vector<call::MessageMedium>& media
) {
  Message message{record.from, record.to, record.body, record.updated};
  message.message_sid = record.sid;
  for (const call::MessageMedium& medium : media)
    message.media.push_back(
        {medium.content_type, "/2010-04-01/Accounts/" + record.account_sid + "/Messages/" +
                                  record.sid + "/Media/" + medium.sid}
    );
  return message;
}

/// Why a phone gets no messages; 0 when it does.
int error_of(const Phone* phone) {
  if (phone == nullptr) return 0;
  const Behaviour& behaviour = phone->behaviour();
  if (behaviour.on_message.error != 0) return behaviour.on_message.error;
  return behaviour.on_call == Behaviour::OnCall::unreachable ? 30003 : 0;
}

std::string_view reason_of(int error) {
  switch (error) {
    case 30001:
      return "Queue overflow";
    case 30002:
      return "Account suspended";
    case 30003:
      return "Unreachable destination handset";
    case 30004:
      return "Message blocked";
    case 30005:
      return "Unknown destination handset";
    case 30006:
      return "Landline or unreachable carrier";
    case 30007:
      return "Message filtered";
    case 30009:
      return "Missing inbound segment";
    case 30010:
      return "Message price exceeds max price";
    default:
      return "Unknown error";
  }
}

}  // namespace

TextNetwork::TextNetwork(base::Loop& loop, PhoneNetwork& phones)
    : loop_(loop), phones_(phones), tasks_(loop) {
  phones_.set_message_exchange([this](Message message, std::vector<call::MessageFile> files) {
    base::Task<void> taking = take(std::move(message), std::move(files));
    tasks_.spawn(std::move(taking));
  });
}

TextNetwork::~TextNetwork() {
  phones_.set_message_exchange(nullptr);
}

base::Task<void> TextNetwork::take(Message message, std::vector<call::MessageFile> files) {
  bool ours = false;
  if (messages_ != nullptr) ours = co_await messages_->answers(message.to);
  if (!ours) {
    phones_.deliver_message(message);
    co_return;
  }
  call::IncomingMessage incoming{message.from,     message.to,          message.body,
                                 std::move(files), std::string(name()), ""};
  const auto received = co_await messages_->receive(std::move(incoming));
  if (!received)
    base::log::warning("sim.message_not_received", {{"why", received.error().message}});
}

base::Task<base::Result<std::string>> TextNetwork::send(call::MessageRecord message) {
  co_return message.sid;
}

void TextNetwork::follow(const call::MessageRecord& message) {
  base::Task<void> carrying = carry(message);
  tasks_.spawn(std::move(carrying));
}

base::Task<void> TextNetwork::carry(call::MessageRecord message) {
  co_await base::sleep_for(loop_, travel_time);
  call::MessageReport report;
  report.error_code = error_of(phones_.find(message.to));
  if (report.error_code != 0) {
    report.status = call::MessageStatus::undelivered;
    report.error_message = reason_of(report.error_code);
  }
  messages_->report(message.sid, std::move(report));
}

void TextNetwork::delivered(
    const call::MessageRecord& message, std::vector<call::MessageMedium> media
) {
  base::Task<void> arriving = arrive(message, std::move(media));
  tasks_.spawn(std::move(arriving));
}

base::Task<void> TextNetwork::arrive(
    call::MessageRecord record, std::vector<call::MessageMedium> media
) {
  const bool ours = co_await messages_->answers(record.to);
  if (ours) {  // one number of ours writes to another
    call::IncomingMessage incoming{record.from, record.to,           record.body,
                                   {},          std::string(name()), record.sid};
    for (const call::MessageMedium& medium : media) {
      auto bytes = co_await messages_->read_medium(medium.sid);
      if (bytes) incoming.files.push_back({"", medium.content_type, std::move(*bytes)});
    }
    const auto received = co_await messages_->receive(std::move(incoming));
    if (!received)
      base::log::warning("sim.message_not_received", {{"why", received.error().message}});
    co_return;
  }
  phones_.deliver_message(to_message(record, media));
  const Phone* phone = phones_.find(record.to);
  if (phone == nullptr || phone->behaviour().on_message.reply.empty()) co_return;
  MessageReaction reaction = phone->behaviour().on_message;
  co_await reply(record.to, record.from, std::move(reaction));
}

base::Task<void> TextNetwork::reply(std::string from, std::string to, MessageReaction reaction) {
  co_await base::sleep_for(loop_, reaction.reply_after);
  const auto sent = phones_.send_message({std::move(from), std::move(to), reaction.reply, {}});
  if (!sent) base::log::warning("sim.reply_not_sent", {{"why", sent.error().message}});
}

}  // namespace belfry::sim
