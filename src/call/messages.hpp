#pragma once
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/wait.hpp"
#include "call/journal.hpp"
#include "call/message.hpp"
#include "call/message_carrier.hpp"
#include "call/message_numbers.hpp"
#include "call/web.hpp"

namespace belfry::call {

class DestinationPolicy;
class Outbox;

/// A message to be sent. Values are as the user gave them.
struct SendMessage {
  std::string account_sid;
  std::string from;  // empty with a messaging service: `senders` has its numbers
  std::string to;
  std::string body;
  std::vector<std::string> media_urls;
  std::string messaging_service_sid;
  std::vector<std::string> senders;
  std::string status_callback;
  std::chrono::seconds validity{36'000};
  std::optional<base::WallTime> send_at;
  bool smart_encoded = false;
  MessageRecord::Direction direction = MessageRecord::Direction::outbound_api;
  std::string origin_sid;
  bool answers_opt_out = false;
  /// Of a reply: the same for the same reply after a restart, so that it is sent once.
  std::string sid;
};

/// A message that arrived for a number of ours.
struct IncomingMessage {
  std::string from;
  std::string to;
  std::string body;
  std::vector<MessageFile> files;  // their SIDs are given here
  std::string carrier;             // who brought it
  /// Its id there: a second message of the same is the same message. Empty: not known.
  std::string carrier_id;
};

/// Renders what a status callback of a message says; `twiml` knows the words.
class MessageCallbackFormat {
 public:
  virtual ~MessageCallbackFormat() = default;
  virtual Delivery render(const MessageRecord& message, base::WallTime at) const = 0;
};

class Messages;

/// What a number does with a message that has arrived; `twiml` implements it. Once it has returned
/// the message is done with; after a crash before that it runs again.
class MessageProgram {
 public:
  virtual ~MessageProgram() = default;
  virtual base::Task<void> run(Messages& messages, MessageRecord message, MessageNumber number) = 0;
};

/// Sends and receives text messages. What is sent is durable before the caller is told (rule R1),
/// leaves at the rate of its sender, and is sent once, also over a crash; each step and the
/// callback that reports it are one commit (rule R7). STOP holds before the next message (rule P2).
/// Control thread.
///
/// Errors carry Twilio's codes in `detail`: 21211, 21602, 21603, 21604, 21606, 21610, 21611, 21612,
/// 21617, 21620, 21623, 21624, 35114, 35118, 63038, and those of
/// `DestinationPolicy::admit_message`.
class Messages {
 public:
  struct Settings {
    base::Duration sender_interval = std::chrono::seconds(1);  // rule F2: one a second
    std::uint32_t per_day = 200;  // paid ones of an account, in a UTC day (rule F2); 0: no cap
    std::size_t queue_per_sender = 14'400;
    std::chrono::days keep{365};  // those that are done with, and their files (rule P5)
  };
  struct Parts {
    base::Loop& loop;
    base::Random& random;
    Journal& journal;
    Outbox& outbox;
    WebClient& web;
    BlobStore& blobs;
    MessageRoutes& routes;
    MessageNumbers& numbers;
    const MessageCallbackFormat& callback_format;
    MessageProgram* program = nullptr;
    const DestinationPolicy* destinations = nullptr;  // nullptr: one may write anywhere
  };

  Messages(Parts parts, Settings settings);
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;
  ~Messages();

  /// At start, before listeners open: what the last process left is taken up.
  base::Task<base::Result<>> recover();

  base::Task<base::Result<MessageRecord>> send(SendMessage message);
  /// Whether somebody here would take a message to that number: it is ours, or has sent messages.
  base::Task<bool> answers(std::string number);
  /// @return Errc::not_found when nobody here has that number.
  base::Task<base::Result<MessageRecord>> receive(IncomingMessage message);

  /// What a carrier says. Unknown messages and steps backwards are ignored: reports come late and
  /// twice.
  void report(std::string sid, MessageReport report);
  /// Likewise, by the carrier's own id.
  void report_by_carrier(std::string carrier, std::string carrier_id, MessageReport report);

  // --- Of one account; Errc::not_found is 404 ---
  base::Task<base::Result<MessageRecord>> find(std::string account_sid, std::string sid);
  /// Errc::conflict when it is not scheduled or queued any more.
  base::Task<base::Result<MessageRecord>> cancel(std::string account_sid, std::string sid);
  /// Forgets the text. Errc::conflict while it has still to be sent.
  base::Task<base::Result<MessageRecord>> redact(std::string account_sid, std::string sid);
  /// With its files. Errc::conflict while it has still to be sent.
  base::Task<base::Result<>> remove(std::string account_sid, std::string sid);
  base::Task<base::Result<std::vector<MessageMedium>>> media_of(std::string message_sid);
  base::Task<base::Result<std::optional<MessageMedium>>> find_medium(
      std::string message_sid, std::string medium_sid
  );
  base::Task<base::Result<std::string>> read_medium(std::string medium_sid);
  base::Task<base::Result<>> remove_medium(std::string message_sid, std::string medium_sid);

  // --- Refusals (rule P2) ---
  base::Task<base::Result<bool>> has_opted_out(
      std::string account_sid, std::string number, std::string party
  );

  /// What went wrong in a webhook or document about a message, with Twilio's code; `url` as asked.
  struct Problem {
    int code = 0;
    std::string message;
    std::string url;
  };
  void complain(const MessageRecord& message, const Problem& problem);
  /// Told of each. One listener: the debugger's notifications.
  void on_problem(std::function<void(const MessageRecord&, const Problem&)> listener) {
    on_problem_ = std::move(listener);
  }

  /// Told of each message as it is made and at each step, after the commit. One listener.
  void on_change(std::function<void(const MessageRecord&)> listener) {
    on_change_ = std::move(listener);
  }
  /// Nothing is being handed over, answered or waits for its turn.
  bool idle() const { return senders_.empty() && answering_ == 0; }

 private:
  struct Sender {
    std::deque<std::string> queue;  // SIDs
  };
  enum class Turn { over, again };  // again: nobody could take it, it waits
  struct Day {
    std::int64_t number = -1;  // since 1970
    std::uint64_t sent = 0;
    bool counted = false;  // the messages of before the start are in `sent`
  };
  class Hold;
  using Change = std::function<base::Result<>(MessageRecord&)>;
  using Stored = base::Result<MessageRecord>;

  // Making
  base::Result<MessageRecord> make_record(const SendMessage& message);
  base::Result<> check_content(const SendMessage& message) const;
  base::Result<> choose_sender(const SendMessage& message, MessageRecord& record) const;
  base::Task<base::Result<>> admit(MessageRecord& record);
  base::Task<base::Result<>> count_of_day(std::string account_sid);
  void add_callback(const MessageRecord& record, Changes& changes);
  void note_sender(const MessageRecord& record, Changes& changes);
  Document job_of(const MessageRecord& record) const;

  // Changing: one after the other for each message
  base::Task<Stored> change(std::string sid, Change change);
  base::Task<std::optional<MessageRecord>> load(std::string sid);
  base::Task<Stored> commit(MessageRecord record, MessageStatus before);
  base::Task<Stored> step(std::string sid, MessageStatus next, Change fill);
  base::Task<Stored> step(std::string sid, MessageStatus next) {
    return step(std::move(sid), next, Change());
  }
  void announce(const MessageRecord& record);

  // Sending
  void schedule(const MessageRecord& record);
  void enqueue(const MessageRecord& record);
  base::Task<void> wait_for_time(std::string sid, base::WallTime at);
  base::Task<void> run_sender(std::string from);
  base::Task<void> try_again_later(std::string sid);
  base::Task<base::Result<>> check_before_sending(const MessageRecord& message);
  base::Task<Turn> send_one(std::string sid);
  base::Task<Turn> hand_over(MessageRecord message);
  base::Task<void> give_up(std::string sid, base::Error error);
  base::Task<base::Result<>> fetch_media(MessageRecord& message);
  base::Task<base::Result<MessageMedium>> fetch_medium(
      const MessageRecord& message, std::size_t index
  );
  base::Task<void> apply(std::string sid, MessageReport report);
  base::Task<void> apply_by_carrier(
      std::string carrier, std::string carrier_id, MessageReport report
  );

  // Keeping
  base::Task<void> remove_old();

  // Receiving
  base::Task<base::Result<std::string>> account_of(std::string number);
  base::Task<base::Result<std::string>> note_opt_out(const MessageRecord& record, Changes& changes);
  base::Task<void> confirm_opt_out(const MessageRecord& record, std::string text);
  base::Task<void> answer(MessageRecord record);
  base::Task<base::Result<>> store_files(
      MessageRecord& record, std::vector<MessageFile> files, Changes& changes
  );

  Parts parts_;
  Settings settings_;
  std::map<std::string, Sender> senders_;
  std::map<std::string, Day> days_;      // by account
  std::set<std::string> held_;           // messages that are being changed
  std::set<std::string> known_senders_;  // noted already; at most 4,096
  std::size_t answering_ = 0;
  std::function<void(const MessageRecord&)> on_change_;
  std::function<void(const MessageRecord&, const Problem&)> on_problem_;
  base::TaskGroup tasks_;
};

}  // namespace belfry::call
