#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/task.hpp"
#include "call/record.hpp"

namespace belfry::call {

class Leg;

/// Makes programs of one kind. A program is a task over the verbs of `Leg`: it begins when an
/// outbound leg is answered or an inbound leg has arrived; when it returns, the leg is hung up;
/// when the leg ends, it is destroyed.
class ProgramFactory {
 public:
  virtual ~ProgramFactory() = default;
  virtual std::string_view kind() const = 0;
  virtual base::Task<void> run(Leg& leg, ProgramSpec program) = 0;
};

/// Renders what a status callback says; `twiml` knows the words.
class CallbackFormat {
 public:
  virtual ~CallbackFormat() = default;
  /// Fills content type and body (or, for GET, the URL's query). `event`: initiated, ringing,
  /// answered, completed.
  virtual Delivery render(
      const LegRecord& leg, std::string_view event, std::uint64_t sequence, base::WallTime at
  ) const = 0;
  /// Who has answered, for `LegRecord::machine_detection.callback_url`.
  virtual Delivery render_detection(const LegRecord& leg, base::WallTime at) const = 0;
};

}  // namespace belfry::call
