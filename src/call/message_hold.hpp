#pragma once
#include <memory>
#include <string>

#include "call/messages.hpp"

namespace belfry::call {

/// Keeps other changes of one message out until it goes: each reads, decides and commits alone, so
/// that a report of the carrier and a request of the user cannot undo each other. Not fair, and
/// need not be: two changes of one message at once are rare.
class Messages::Hold {
 public:
  static base::Task<std::unique_ptr<Hold>> take(Messages& messages, std::string sid) {
    while (messages.held_.contains(sid))
      co_await base::sleep_for(messages.parts_.loop, std::chrono::milliseconds(2));
    co_return std::make_unique<Hold>(messages, std::move(sid));
  }
  Hold(Messages& messages, std::string sid) : messages_(messages), sid_(std::move(sid)) {
    messages_.held_.insert(sid_);
  }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;
  ~Hold() { messages_.held_.erase(sid_); }

 private:
  Messages& messages_;
  std::string sid_;
};

}  // namespace belfry::call
