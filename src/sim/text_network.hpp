#pragma once
#include "call/messages.hpp"
#include "sim/phone_network.hpp"

namespace belfry::sim {

/// Text messages of simulated phones: carries what the exchange sends to them, and what they write
/// to the exchange or to each other. A message is on its phone when the exchange has stored it as
/// delivered, so over a crash it arrives once. Control thread.
class TextNetwork final : public call::MessageCarrier {
 public:
  TextNetwork(base::Loop& loop, PhoneNetwork& phones);
  ~TextNetwork() override;

  /// Phones can write to the exchange from now on.
  void connect(call::Messages& messages) { messages_ = &messages; }

  // call::MessageCarrier
  std::string_view name() const override { return "simulator"; }
  bool costs_money() const override { return false; }
  base::Task<base::Result<std::string>> send(call::MessageRecord message) override;
  bool may_repeat() const override { return true; }
  void follow(const call::MessageRecord& message) override;
  void delivered(const call::MessageRecord& message, std::vector<call::MessageMedium> media)
      override;

 private:
  base::Task<void> take(Message message, std::vector<call::MessageFile> files);
  base::Task<void> carry(call::MessageRecord message);
  base::Task<void> arrive(call::MessageRecord record, std::vector<call::MessageMedium> media);
  base::Task<void> reply(std::string from, std::string to, MessageReaction reaction);

  base::Loop& loop_;
  PhoneNetwork& phones_;
  call::Messages* messages_ = nullptr;
  base::TaskGroup tasks_;
};

}  // namespace belfry::sim
