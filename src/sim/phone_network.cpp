#include "sim/phone_network.hpp"

#include "sim/line.hpp"

namespace belfry::sim {
namespace {

constexpr std::size_t max_phones = 10'000;
constexpr std::size_t max_messages = 1'000;
constexpr std::size_t max_message_bytes = 6'400;

}  // namespace

PhoneNetwork::PhoneNetwork(World world) : world_(std::move(world)) {
  world_.on_change = [this](const std::string& number) {
    const Phone* changed = find(number);
    if (changed != nullptr && on_change_) on_change_(*changed);
  };
}

PhoneNetwork::~PhoneNetwork() {
  world_.loop.cancel(leaving_timer_);
  world_.on_change = nullptr;
}

base::Result<std::string> PhoneNetwork::check_number(std::string_view number) {
  const auto party = call::Party::parse(number);
  if (!party || party->kind != call::Party::Kind::telephone) {
    return base::fail(
        base::Errc::invalid_argument, "a telephone number is 1 to 15 digits with an optional +"
    );
  }
  return party->address;
}

Phone& PhoneNetwork::phone(const std::string& number) {
  auto& phone = phones_[number];
  if (!phone) phone = std::make_unique<Phone>(world_, number);
  return *phone;
}

Phone* PhoneNetwork::find(const std::string& number) {
  const auto found = phones_.find(number);
  return found == phones_.end() ? nullptr : found->second.get();
}

std::vector<const Phone*> PhoneNetwork::phones() const {
  std::vector<const Phone*> result;
  result.reserve(phones_.size());
  for (const auto& [number, phone] : phones_) result.push_back(phone.get());
  return result;
}

base::Result<std::unique_ptr<call::Endpoint>> PhoneNetwork::open(
    const call::Party& party, const call::Attempt& attempt, call::EndpointListener& listener
) {
  if (party.kind != call::Party::Kind::telephone) {
    return base::fail(base::Errc::not_found, "the simulator has telephones only");
  }
  if (!phones_.contains(party.address) && phones_.size() >= max_phones) {
    return base::fail(base::Errc::unavailable, "the simulator has 10,000 phones already");
  }
  return std::make_unique<Line>(
      world_, phone(party.address), attempt.leg_sid, attempt.caller, listener
  );
}

void PhoneNetwork::on_handset(const std::string& number) {
  Phone* phone = find(number);
  PhoneCall* call = phone == nullptr ? nullptr : phone->current();
  if (call != nullptr) call->ring_handset();
}

base::Result<> PhoneNetwork::dial(
    const std::string& number, const std::string& to, const Open& open
) {
  BELFRY_TRY(from, check_number(number));
  if (find(from) == nullptr && phones_.size() >= max_phones)
    return base::fail(base::Errc::unavailable, "the simulator has 10,000 phones already");
  return place_call(from, to, open);
}

base::Result<> PhoneNetwork::place_call(
    const std::string& from, const std::string& to, const Open& handset
) {
  if (switchboard_ == nullptr)
    return base::fail(base::Errc::unavailable, "the exchange is not open yet");
  const auto party = call::Party::parse(to);
  if (!party) return base::fail(party.error());
  Phone& caller = phone(from);
  if (caller.current() != nullptr)
    return base::fail(base::Errc::conflict, "the phone is in a call");
  call::IncomingCall call;
  call.source = call::IncomingCall::Source::simulator;
  call.from = from;
  call.to = party->to_string();
  call.endpoint = "simulator";
  call.carrier = std::string(name());
  call.open = [this, &caller, &handset, to = call.to](
                  const std::string& sid, call::EndpointListener& listener
              ) { return Line::outgoing(world_, caller, sid, to, listener, handset); };
  const auto accepted = switchboard_->accept(call);
  if (!accepted) return base::fail(accepted.error());
  return {};
}

base::Result<> PhoneNetwork::send_message(Message message, std::vector<call::MessageFile> files) {
  const bool empty = message.body.empty() && files.empty();
  if (empty || message.body.size() > max_message_bytes) {
    return base::fail(base::Errc::invalid_argument, "body must have 1 to 1,600 characters");
  }
  BELFRY_TRY(to, check_number(message.to));
  message.to = to;
  message.at = world_.loop.wall_now();
  for (const call::MessageFile& file : files) message.media.push_back({file.content_type, ""});
  remember(message);
  show(message.from, message);
  if (exchange_) {
    exchange_(std::move(message), std::move(files));
  } else {
    show(message.to, message);
  }
  return {};
}

void PhoneNetwork::deliver_message(const Message& message) {
  // What another phone wrote is in the list already.
  if (!message.message_sid.empty()) remember(message);
  show(message.to, message);
}

void PhoneNetwork::remember(const Message& message) {
  if (messages_.size() >= max_messages) messages_.pop_front();
  messages_.push_back(message);
}

void PhoneNetwork::show(const std::string& number, const Message& message) {
  if (find(number) == nullptr && phones_.size() >= max_phones) return;
  phone(number).keep(message);
  world_.on_change(number);
}

std::string PhoneNetwork::heard_file(const std::string& call_sid) const {
  for (const auto& [number, phone] : phones_) {
    for (const auto& call : phone->calls()) {
      if (call->call_sid() == call_sid) return call->heard_file();
    }
  }
  return {};
}

void PhoneNetwork::forget_everything() {
  for (auto& [number, phone] : phones_) {
    if (PhoneCall* call = phone->current()) call->hang_up(call::HangupCause::normal);
    leaving_.push_back(std::move(phone));
  }
  phones_.clear();
  messages_.clear();
  // Their legs are told on the next turn; only then nothing refers to them any more.
  world_.loop.cancel(leaving_timer_);
  leaving_timer_ = world_.loop.call_after(std::chrono::seconds(40), [this] { leaving_.clear(); });
}

}  // namespace belfry::sim
