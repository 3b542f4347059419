#pragma once
#include <map>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/task.hpp"

namespace belfry::call {

/// What answers messages to a number of ours.
struct MessageNumber {
  std::string account_sid;
  std::string url;  // of the messaging document; empty: nobody is asked
  std::string method = "POST";
  std::string fallback_url;
  std::string fallback_method = "POST";
  std::string messaging_service_sid;  // the number belongs to one
  bool sends = true;                  // false: it cannot be the sender of a message (21606)
};

/// Knows which numbers are ours. Control thread.
class MessageNumbers {
 public:
  virtual ~MessageNumbers() = default;
  virtual base::Task<base::Result<std::optional<MessageNumber>>> find(std::string number) = 0;
};

/// The numbers of the configuration, and behind them those that `more` knows (made by the API).
class ConfiguredMessageNumbers final : public MessageNumbers {
 public:
  void set(std::string number, MessageNumber entry) {
    entries_[std::move(number)] = std::move(entry);
  }
  /// Asked first; nullptr: nobody. It outlives this.
  void set_more(MessageNumbers* more) { more_ = more; }
  base::Task<base::Result<std::optional<MessageNumber>>> find(std::string number) override;

 private:
  std::map<std::string, MessageNumber> entries_;
  MessageNumbers* more_ = nullptr;
};

}  // namespace belfry::call
