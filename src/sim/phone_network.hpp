#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "call/endpoint.hpp"
#include "call/message_carrier.hpp"
#include "call/switchboard.hpp"
#include "sim/phone.hpp"

namespace belfry::sim {

/// The built-in telephone network: every number that no route claims belongs to a simulated phone.
/// A carrier of the dial plan, and the way in for phones that call. At most 10,000 phones are
/// remembered. Control thread.
class PhoneNetwork final : public call::Carrier, public call::HandsetTelephones {
 public:
  explicit PhoneNetwork(World world);
  ~PhoneNetwork() override;

  /// Phones can call in from now on.
  void connect(call::Switchboard& switchboard) { switchboard_ = &switchboard; }

  /// People hold phones by them from now on. Outlives the calls.
  void set_handsets(call::Handsets& handsets) { world_.handsets = &handsets; }

  // call::HandsetTelephones
  void on_handset(const std::string& number) override;
  base::Result<> dial(const std::string& number, const std::string& to, const Open& open) override;

  // call::Carrier
  std::string_view name() const override { return "simulator"; }
  bool available() const override { return true; }
  base::Result<std::unique_ptr<call::Endpoint>> open(
      const call::Party& party, const call::Attempt& attempt, call::EndpointListener& listener
  ) override;

  // Control, as under /sim. A number is digits with an optional +.
  static base::Result<std::string> check_number(std::string_view number);
  Phone& phone(const std::string& number);
  Phone* find(const std::string& number);
  std::vector<const Phone*> phones() const;
  base::Result<> place_call(const std::string& from, const std::string& to) {
    return place_call(from, to, {});
  }
  /// A phone writes: to the exchange if there is one, else straight to the other phone.
  base::Result<> send_message(Message message, std::vector<call::MessageFile> files = {});
  /// A message arrives at its phone.
  void deliver_message(const Message& message);
  using Exchange = std::function<void(Message message, std::vector<call::MessageFile> files)>;
  /// Takes what phones write; it delivers what is for another phone.
  void set_message_exchange(Exchange exchange) { exchange_ = std::move(exchange); }
  const std::deque<Message>& messages() const { return messages_; }
  /// The file of what a phone heard in that call; empty when there is none.
  std::string heard_file(const std::string& call_sid) const;
  void set_seed(std::uint64_t seed) { world_.seed = seed; }
  /// Hangs all phones up and forgets them.
  void forget_everything();

  /// Called after anything about a phone has changed. One listener: the page's event stream.
  void on_change(std::function<void(const Phone&)> listener) { on_change_ = std::move(listener); }

 private:
  World world_;
  call::Switchboard* switchboard_ = nullptr;
  std::map<std::string, std::unique_ptr<Phone>> phones_;
  /// Forgotten phones whose calls are still being taken down.
  std::vector<std::unique_ptr<Phone>> leaving_;
  base::TimerId leaving_timer_ = 0;
  std::deque<Message> messages_;  // newest last, at most 1,000
  std::function<void(const Phone&)> on_change_;
  Exchange exchange_;

  base::Result<> place_call(const std::string& from, const std::string& to, const Open& handset);
  void remember(const Message& message);
  void show(const std::string& number, const Message& message);
};

}  // namespace belfry::sim
