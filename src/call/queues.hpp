#pragma once
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/wait.hpp"
#include "call/queue_record.hpp"
#include "call/side_document.hpp"

namespace belfry::call {

class Leg;
class Queues;

/// One caller from a queue and the leg that took the caller out, until they part. Shared by the
/// programs of both legs, either of which may go first.
struct QueueMeeting {
  explicit QueueMeeting(base::Loop& loop) : ready(loop), over(loop) {}

  std::string queue_sid;
  std::string caller_sid;
  std::string dialer_sid;
  std::int64_t waited_s = 0;
  SideDocument document;  // the caller hears it before the bridge; none when its URL is empty
  base::Event ready;      // the caller has heard it
  base::Event over;       // one of the two is gone
  bool bridged = false;
};
using QueueMeetingPtr = std::shared_ptr<QueueMeeting>;

/// How long somebody waits, and where.
struct QueueWait {
  std::string call_sid;
  std::size_t position = 0;  // from 1
  base::WallTime enqueued{};
  std::int64_t wait_s = 0;
};

/// A caller's place in a queue; held by the program of the leg. Whoever lets go of it is out.
class QueuePlace {
 public:
  QueuePlace(Queues& queues, std::string queue_sid, Leg& leg);
  QueuePlace(const QueuePlace&) = delete;
  QueuePlace& operator=(const QueuePlace&) = delete;
  ~QueuePlace();

  const std::string& queue_sid() const { return queue_sid_; }
  const std::string& call_sid() const;
  /// Until somebody takes the caller out; he is in no position then.
  base::Task<QueueMeetingPtr> taken_out();
  /// The other went before they met: to the front again, with the time already waited.
  void wait_again();
  std::int64_t waited_s() const;
  base::WallTime enqueued() const { return enqueued_; }

 private:
  friend class Queues;
  Queues& queues_;
  std::string queue_sid_;
  Leg& leg_;
  base::Instant since_;
  base::WallTime enqueued_;
  base::Mailbox<QueueMeetingPtr> calls_;
};

/// A leg that wants the caller at the front; held by its program. In order of asking.
class QueueRequest {
 public:
  QueueRequest(Queues& queues, std::string queue_sid, Leg& leg, SideDocument document);
  QueueRequest(const QueueRequest&) = delete;
  QueueRequest& operator=(const QueueRequest&) = delete;
  ~QueueRequest();

  /// Until there is somebody.
  base::Task<QueueMeetingPtr> meeting();

 private:
  friend class Queues;
  Queues& queues_;
  std::string queue_sid_;
  Leg& leg_;
  SideDocument document_;
  base::Mailbox<QueueMeetingPtr> meetings_;
};

/// The queues of an account, by name and SID, and who waits in them: first come, first served.
/// Control thread.
class Queues {
 public:
  Queues(base::Loop& loop, base::Random& random, Journal& journal)
      : loop_(loop), random_(random), journal_(journal) {}
  Queues(const Queues&) = delete;
  Queues& operator=(const Queues&) = delete;
  ~Queues();

  /// At start: the queues that there are.
  base::Task<base::Result<>> load();

  /// Durable when it returns (rule R1). @return Errc::conflict when the name is taken.
  base::Task<base::Result<QueueRecord>> create(
      std::string account_sid, std::string name, std::uint32_t max_size
  );
  struct Update {
    std::optional<std::string> name = {};
    std::optional<std::uint32_t> max_size = {};
  };
  base::Task<base::Result<QueueRecord>> update(std::string sid, Update update);
  /// @return Errc::conflict while somebody waits in it.
  base::Task<base::Result<>> remove(std::string sid);

  /// Before the end of the process: nothing that is let go of from now on has an outcome.
  void abandon() { abandoned_ = true; }
  bool abandoned() const { return abandoned_; }

  const QueueRecord* find(const std::string& sid) const;
  const QueueRecord* find_by_name(const std::string& account_sid, const std::string& name) const;
  std::vector<QueueWait> waiting(const std::string& sid) const;  // the front first
  /// By the call's SID, or "Front".
  std::optional<QueueWait> find_waiting(const std::string& sid, std::string_view call_sid) const;
  /// Of those who wait now, in seconds.
  std::int64_t average_wait_s(const std::string& sid) const;

  /// To the back of the queue of that name, which is made when there is none. `max_size`: of that
  /// new queue. @return Errc::unavailable with 14207 when it is full.
  base::Result<std::unique_ptr<QueuePlace>> enqueue(
      Leg& leg, const std::string& name, std::uint32_t max_size
  );
  /// @return Errc::not_found for a name that no queue has.
  base::Result<std::unique_ptr<QueueRequest>> request(
      Leg& leg, const std::string& name, SideDocument document
  );

 private:
  friend class QueuePlace;
  friend class QueueRequest;
  struct Queue {
    QueueRecord record;
    std::deque<QueuePlace*> waiting;     // owned by the programs of their legs
    std::deque<QueueRequest*> requests;  // likewise
  };

  Queue* queue(const std::string& sid);
  Queue& add(QueueRecord record);
  QueueRecord make_record(std::string account_sid, std::string name, std::uint32_t max_size);
  void match(Queue& queue);
  void drop(QueuePlace& place);
  void drop(QueueRequest& request);
  QueueWait describe(const QueuePlace& place, std::size_t position) const;

  base::Loop& loop_;
  base::Random& random_;
  Journal& journal_;
  bool abandoned_ = false;
  std::map<std::string, Queue> queues_;                                 // by SID
  std::map<std::pair<std::string, std::string>, std::string> by_name_;  // account, name: SID
};

}  // namespace belfry::call
