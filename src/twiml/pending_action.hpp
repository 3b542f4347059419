#pragma once
#include <functional>
#include <optional>

#include "call/last_word.hpp"
#include "twiml/session.hpp"

namespace belfry::twiml {

/// The `action` of a verb that is owed an outcome even when its leg ends, or gets another program,
/// while the verb runs: then it is posted all the same, in the commit of the leg's end, and the
/// answer is not used. Held by the verb's executor.
class PendingAction {
 public:
  /// What to say when the verb is cut off; nothing: the action is not requested.
  using CutOff = std::function<std::optional<call::FormFields>(bool leg_ended)>;

  /// @param url as the document has it; absent: the next verb follows, nobody is told
  PendingAction(
      Session& session, std::optional<std::string> url, std::string method, CutOff cut_off
  );
  PendingAction(const PendingAction&) = delete;
  PendingAction& operator=(const PendingAction&) = delete;
  ~PendingAction();

  /// The verb has come to its end: the step to the action, or to the next verb.
  Step conclude(call::FormFields results);

 private:
  /// Adds what is owed to `changes`, if the action is to be requested.
  void settle(const call::LegRecord& leg, bool leg_ended, call::Changes& changes);

  Session& session_;
  std::optional<std::string> url_;
  std::string method_;
  CutOff cut_off_;
  bool concluded_ = false;
  std::optional<call::LastWord> last_word_;  // none for a scripted party
};

}  // namespace belfry::twiml
