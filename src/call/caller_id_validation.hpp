#pragma once
#include <string>

#include "base/random.hpp"
#include "call/form_delivery.hpp"
#include "call/journal.hpp"
#include "call/program.hpp"
#include "call/speech.hpp"

namespace belfry::call {

class Outbox;
class Switchboard;

/// Somebody wants to show that number as the caller of calls through trunks.
struct CallerIdRequest {
  std::string account_sid;
  std::string phone_number;
  std::string friendly_name;
  std::string extension = {};  // pressed after the answer
  CallbackAddress callback = {};
};

/// Asks a number for the code that its owner was shown: who keys it in owns the number, and it
/// becomes a document ("outgoing_caller_id", key PN…, tag account). Program "caller-id-validation".
/// Control thread.
class CallerIdValidations final : public ProgramFactory {
 public:
  struct Environment {
    base::Loop& loop;
    base::Random& random;
    Journal& journal;
    Outbox& outbox;
    Speech& speech;
    std::string from;  // what the call shows
  };
  static constexpr std::string_view collection = "outgoing_caller_id";

  explicit CallerIdValidations(const Environment& environment) : environment_(environment) {}
  void connect(Switchboard& switchboard) { switchboard_ = &switchboard; }

  struct Begun {
    std::string call_sid;
    std::string code;  // six digits
  };
  base::Task<base::Result<Begun>> begin(CallerIdRequest request);

  std::string_view kind() const override { return "caller-id-validation"; }
  base::Task<void> run(Leg& leg, ProgramSpec program) override;

 private:
  base::Task<void> say(Leg& leg, std::string text);
  base::Task<bool> ask(Leg& leg, std::string code);
  void conclude(Leg& leg, const base::json::object& terms, bool proven);

  Environment environment_;
  Switchboard* switchboard_ = nullptr;
};

}  // namespace belfry::call
