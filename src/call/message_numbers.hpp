#pragma once
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

}  // namespace belfry::call
