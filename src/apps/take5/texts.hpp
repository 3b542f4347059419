#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "apps/take5/calls.hpp"
#include "call/messages.hpp"

namespace belfry::apps::take5 {

/// Text messages to members: those that somebody writes, and the reminder before a call that starts
/// by itself. Control thread.
class Texts {
 public:
  struct Settings {
    std::string account_sid;
    std::string from;               // E.164
    std::chrono::seconds reminder;  // so long before the call
  };
  Texts(base::Loop& loop, call::Messages& messages, Directory& directory, Settings settings);
  ~Texts();
  Texts(const Texts&) = delete;
  Texts& operator=(const Texts&) = delete;

  void set_sender(std::string number) { settings_.from = std::move(number); }

  struct Result {
    std::string phone_number;
    std::string message_id;
    std::string error;  // empty: it was sent
  };
  /// One after the other; one that fails does not stop the others. Durable when it returns.
  /// @param once not empty: the same words for the same number and this name are sent once, also
  /// over a restart
  base::Task<std::vector<Result>> send(
      std::vector<std::string> numbers, std::string text, std::string once
  );

  /// At the right time before `moment` the members of the group are reminded, if the group wants
  /// that. What was planned under that name before is forgotten.
  void plan_reminder(const std::string& name, std::int64_t group, base::WallTime moment);
  void forget_reminder(const std::string& name);

 private:
  struct Planned {
    std::int64_t group = 0;
    base::WallTime moment;
    base::TimerId timer = 0;
  };

  void arm(const std::string& name);
  void ring(const std::string& name);
  base::Task<void> remind(std::string name, Planned planned);

  base::Loop& loop_;
  call::Messages& messages_;
  Directory& directory_;
  Settings settings_;
  std::map<std::string, Planned> planned_;
  base::TaskGroup tasks_;
};

}  // namespace belfry::apps::take5
