#pragma once
#include "call/leg.hpp"
#include "call/queues.hpp"
#include "call/switchboard.hpp"

namespace belfry::twiml {

/// One of the two legs of a meeting: when it lets go, they have parted and it is alone again.
class QueueSide {
 public:
  QueueSide(call::Leg& leg, call::QueueMeetingPtr meeting)
      : leg_(leg), meeting_(std::move(meeting)) {}
  QueueSide(const QueueSide&) = delete;
  QueueSide& operator=(const QueueSide&) = delete;
  ~QueueSide() {
    meeting_->over.set();
    if (meeting_->bridged && !leg_.ended()) leg_.services().media.disconnect(leg_.seat());
  }
  const call::QueueMeetingPtr& meeting() const { return meeting_; }

 private:
  call::Leg& leg_;
  call::QueueMeetingPtr meeting_;
};

}  // namespace belfry::twiml
