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
#include "store/sqlite/database.hpp"
#include "store/store.hpp"

namespace belfry::store::sqlite {

/// The one user of the writing connection: takes everything that waits, writes it in one
/// transaction, reads afterwards, answers on the loop. Writes of kind `later` wait a moment for
/// company: an fsync costs more than all the rows of a call. A change that fails by itself (a
/// conflict) is rolled back alone; the others of its group commit. What a full disk and a broken
/// one mean: `Store`.
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
    /// Throws SqliteError and RowError; may be called again after a roll-back.
    std::move_only_function<void(Database&)> apply;
    /// On the loop, once.
    std::move_only_function<void(base::Result<>)> done;
  };
  struct Read {
    /// On the writer; what it returns runs on the loop.
    std::move_only_function<base::Work(Database&)> run;
    /// On the loop, instead.
    std::move_only_function<void(base::Error)> failed;
  };
  struct Hooks {
    std::function<void(const std::string&)> on_fatal;  // on the writer
    std::function<void()> on_full;                     // on the loop: try again in a while
  };

  Writer(std::unique_ptr<Database> database, base::Loop& loop, Settings::Mode mode, Hooks hooks);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  /// Writes what waits.
  ~Writer();

  void write(Write write);
  void read(Read read);
  bool accepts_writes() const { return state_ == State::writing; }

 private:
  enum class State {
    writing,
    full,
    dead  // rule R2: nothing is written any more
  };
  struct Batch {
    std::vector<Write> writes;
    std::vector<Read> reads;
    bool urgent = false;  // somebody waits for an answer
    bool empty() const { return writes.empty() && reads.empty(); }
  };

  void run();
  void wake();
  Batch take();
  void process(Batch batch);
  void write_group(std::vector<Write> group);
  /// @return false when the whole transaction is gone; then the state says why.
  bool try_group(std::vector<Write>& group, std::vector<base::Result<>>& results);
  /// @return false when some write of it fails by itself; then nothing is written.
  bool write_as_one(std::vector<Write>& group);
  base::Result<> apply_alone(Write& write);
  void write_without_room(std::vector<Write> group);
  void give_back(std::vector<Write> group);
  void look_for_room();
  void read_one(Read& read);
  void note_trouble(const SqliteError& error);
  void roll_back() noexcept;
  void checkpoint_when_long();
  void answer(Write write, base::Result<> result);
  void post_answers();

  std::unique_ptr<Database> database_;
  base::Loop& loop_;
  const Settings::Mode mode_;
  Hooks hooks_;
  std::atomic<State> state_ = State::writing;
  std::vector<Write> held_;  // of kind `later`, while there is no room
  std::vector<base::Work> answers_;

  std::mutex mutex_;
  std::condition_variable wake_;
  Batch waiting_;
  bool stopping_ = false;
  bool turn_posted_ = false;
  std::shared_ptr<Writer*> self_;  // posted turns hold it weakly, to see that the writer is gone
  std::thread thread_;
};

}  // namespace belfry::store::sqlite
