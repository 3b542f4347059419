// What the log says of a leg's media when it is over.
#include "call/audio_report.hpp"
#include "call/leg.hpp"
#include "call/services.hpp"

namespace belfry::call {

/// Writes "media.ended": what the seat saw, and the verdict on it. The last figures of the seat and
/// the end of the leg come in either order. Control thread.
class Leg::MediaEnd {
 public:
  explicit MediaEnd(Leg& leg) : leg_(&leg), services_(leg.services_) {}

  /// The leg ends, or goes with the server: then its log has no such event.
  void leave(const LegRecord& record, std::optional<std::uint64_t> event) {
    leg_ = nullptr;
    record_ = record;
    event_ = event;
  }

  void tell(const SeatStatistics& seen) {
    const base::WallTime now = services_.loop.wall_now();
    const LegRecord& record = leg_ != nullptr ? leg_->record_ : record_;
    const AudioVerdict verdict = judge(seen, now - record.answered.value_or(now));
    base::json::object data{{"media", render(seen)}, {"audio", render(verdict)}};
    if (leg_ != nullptr) {
      leg_->media_end_.reset();
      leg_->note("media.ended", std::move(data));
    } else if (event_) {
      const EventRecord event{record_.sid, *event_, now, "media.ended", std::move(data)};
      Changes changes;
      changes.events.push_back(event);
      services_.journal.commit_later(std::move(changes));
      services_.feed.publish(record_, event);
    }
  }

 private:
  Leg* leg_;  // while it lives
  Services& services_;
  LegRecord record_;                    // of the leg that has ended
  std::optional<std::uint64_t> event_;  // the number kept free for it
};

void Leg::follow_media() {
  if (!listened_seat_) return;
  media_end_ = std::make_shared<MediaEnd>(*this);
  services_.media.when_over(listened_seat_, [end = media_end_](const SeatStatistics& seen) {
    end->tell(seen);
  });
}

void Leg::leave_media() {
  if (!media_end_) return;
  media_end_->leave(record_, ended() ? std::optional(record_.next_event++) : std::nullopt);
  media_end_.reset();
}

/// Of a leg that was not answered, for its media never came up.
void Leg::note_failed_handshake(Handshake handshake) {
  SeatStatistics seen;
  seen.handshake = handshake;
  const base::Duration since = services_.loop.wall_now() - record_.created;
  note("media.ended", {{"media", render(seen)}, {"audio", render(judge(seen, since))}});
}

}  // namespace belfry::call
