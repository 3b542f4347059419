#include "sim/phone.hpp"

#include "base/time.hpp"

namespace belfry::sim {
namespace {

constexpr std::size_t max_calls = 50;
constexpr std::size_t max_messages = 50;

}  // namespace

base::json::object Message::to_json() const {
  base::json::object result{
      {"from", from}, {"to", to}, {"body", body}, {"at", base::to_rfc3339(at)}
  };
  if (!message_sid.empty()) result["message_sid"] = message_sid;
  if (media.empty()) return result;
  base::json::array files;
  for (const Picture& picture : media) {
    base::json::object file{{"content_type", picture.content_type}};
    if (!picture.url.empty()) file["url"] = picture.url;
    files.push_back(std::move(file));
  }
  result["media"] = std::move(files);
  return result;
}

Phone::Phone(World& world, std::string number) : world_(world), number_(std::move(number)) {}

PhoneCall& Phone::ring(PhoneLine& line, std::string from) {
  ++rings_;
  PhoneCall& call = add(std::make_unique<PhoneCall>(
      world_, line, PhoneCall::Direction::inbound, number_, std::move(from), ++last_call_
  ));
  call.begin(behaviour_);
  return call;
}

PhoneCall& Phone::dial(PhoneLine& line, std::string to, const call::HandsetTelephones::Open& open) {
  PhoneCall& call = add(std::make_unique<PhoneCall>(
      world_, line, PhoneCall::Direction::outbound, number_, std::move(to), ++last_call_
  ));
  if (open)
    call.take_caller(open);
  else
    call.ring_handset();
  return call;
}

PhoneCall& Phone::add(std::unique_ptr<PhoneCall> call) {
  if (calls_.size() >= max_calls) calls_.pop_front();
  return *calls_.emplace_back(std::move(call));
}

PhoneCall* Phone::current() {
  if (calls_.empty() || calls_.back()->over()) return nullptr;
  return calls_.back().get();
}

void Phone::keep(Message message) {
  if (messages_.size() >= max_messages) messages_.pop_front();
  messages_.push_back(std::move(message));
}

base::json::object Phone::to_json() const {
  base::json::array calls;
  for (const auto& call : calls_) calls.push_back(call->to_json());
  base::json::array messages;
  for (const Message& message : messages_) messages.push_back(message.to_json());
  std::string_view state = "idle";
  if (!calls_.empty() && !calls_.back()->over())
    state = calls_.back()->ringing() ? "ringing" : "in-call";
  return {{"number", number_},         {"state", state},
          {"rings", rings_},           {"behaviour", behaviour_.to_json()},
          {"calls", std::move(calls)}, {"messages", std::move(messages)}};
}

}  // namespace belfry::sim
