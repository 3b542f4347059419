#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/loop.hpp"
#include "base/result.hpp"
#include "store/sql/database.hpp"
#include "store/store.hpp"

namespace belfry::store::sql {

/// The one user of the writing connection: takes everything that waits, writes it in one
/// transaction, reads afterwards, answers on the loop. Writes of kind `later` wait a moment for
/// company: an fsync costs more than all the rows of a call. A change that fails by itself (a
/// conflict) is rolled back alone; the others of its group commit. What a full disk, a lost
/// connection and a broken database mean: `Store`.
class Writer {
 public:
  enum class Kind {
    promised,    // fails while there is no room
    later,       // waits for room
    maintenance  // is tried also without room: it may make some
  };
  struct Write {
    Kind kind = Kind::promised;
    /// Put before `apply`; of those with one SID in a group only the last needs to be written.
    std::vector<call::LegRecord> legs;
    /// Throws what the tables throw; may be called again after a roll-back.
    std::move_only_function<void(Database&)> apply;
    /// On the loop, once.
    std::move_only_function<void(base::Result<>)> done;
  };
  struct Read {
    /// On the writer; what it returns runs on the loop. May be called again when it threw.
    std::move_only_function<base::Work(Database&)> run;
    /// On the loop, instead.
    std::move_only_function<void(base::Error)> failed;
  };
  struct Hooks {
    std::function<void(const std::string&)> on_fatal;  // on the writer
    /// On the loop: call `try_again` after this time.
    std::function<void(base::Duration)> on_trouble;
    /// On the loop: writes are taken again.
    std::function<void()> on_recovery;
  };
  /// Of those who wait for a lost connection.
  enum class Patience { left, over };

  Writer(std::unique_ptr<Database> database, base::Loop& loop, Settings::Mode mode, Hooks hooks);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  /// Writes what waits.
  ~Writer();

  void write(Write write);
  void read(Read read);
  void try_again(Patience patience);
  bool accepts_writes() const { return state_ == State::writing || state_ == State::lost; }

 private:
  enum class State {
    writing,
    full,
    lost,
    away,  // lost for so long that nobody is made to wait any more
    dead   // rule R2: nothing is written any more
  };
  struct Batch {
    std::vector<Write> writes;
    std::vector<Read> reads;
    bool urgent = false;  // somebody waits for an answer
    std::optional<Patience> try_again;
    bool empty() const { return writes.empty() && reads.empty() && !try_again; }
  };
  /// Taken together; what came of each.
  struct Group {
    std::vector<Write> writes;
    std::vector<base::Result<>> results;
  };

  bool is_lost() const { return state_ == State::lost || state_ == State::away; }

  void run();
  void wake();
  Batch take();
  void process(Batch batch);
  void write_group(std::vector<Write> writes);
  void answer_all(Group group);
  /// @return false when the whole transaction is gone; then the state says why.
  bool try_group(Group& group);
  /// @return false when some write of it fails by itself; then nothing is written.
  bool write_as_one(Group& group);
  base::Result<> apply_alone(Write& write);
  void write_without_room(std::vector<Write> writes);
  void give_back(std::vector<Write> writes);
  void hold(Write write);
  base::Error why_not() const;
  void look_for_room();
  void reconnect();
  void refuse_those_who_wait();
  void read_one(Read read);
  void refuse(Read read, base::Error error);
  void note_trouble(const DatabaseError& error);
  void recovered();
  void ask_to_try_again(base::Duration wait);
  void tidy();
  void answer(Write write, base::Result<> result);
  void post_answers();

  std::unique_ptr<Database> database_;
  base::Loop& loop_;
  const Settings::Mode mode_;
  Hooks hooks_;
  std::atomic<State> state_ = State::writing;
  Group undecided_;               // what was being written when the connection was lost
  std::vector<Write> held_;       // for later: there is no room, or no connection
  std::vector<Read> held_reads_;  // for the connection
  base::Duration back_off_{};
  std::vector<base::Work> answers_;

  std::mutex mutex_;
  std::condition_variable wake_;
  Batch waiting_;
  bool stopping_ = false;
  bool turn_posted_ = false;
  std::shared_ptr<Writer*> self_;  // posted turns hold it weakly, to see that the writer is gone
  std::thread thread_;
};

}  // namespace belfry::store::sql
