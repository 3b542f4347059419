#include "store/sqlite/writer.hpp"

#include "base/log.hpp"
#include "store/sqlite/tables.hpp"

namespace belfry::store::sqlite {
namespace {

using base::Errc;
using base::Error;
using base::Result;
using namespace std::chrono_literals;

/// How long a write that nobody waits for waits for others.
constexpr auto gathering_time = 10ms;
/// Frames in the WAL (4 KiB each) after which it is copied into the file.
constexpr int long_wal = 8000;
/// Room that must be there before writes are taken again.
constexpr int probe_bytes = 256 * 1024;

std::unexpected<Error> no_room() {
  return base::fail(Errc::unavailable, "the disk is full");
}
std::unexpected<Error> broken() {
  return base::fail(Errc::io, "the database failed and is closed");
}

}  // namespace

Writer::Writer(
    std::unique_ptr<Database> database, base::Loop& loop, Settings::Mode mode, Hooks hooks
)
    : database_(std::move(database)),
      loop_(loop),
      mode_(mode),
      hooks_(std::move(hooks)),
      self_(std::make_shared<Writer*>(this)) {
  if (mode_ == Settings::Mode::thread) thread_ = std::thread([this] { run(); });
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
  if (Batch rest = take(); !rest.empty()) process(std::move(rest));
  if (state_ == State::full) look_for_room();
}

void Writer::write(Write write) {
  bool news = write.kind != Kind::later;
  {
    const std::lock_guard lock(mutex_);
    waiting_.urgent |= news;
    news |= waiting_.empty();
    waiting_.writes.push_back(std::move(write));
  }
  if (news) wake();
}

void Writer::read(Read read) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.urgent = true;
    waiting_.reads.push_back(std::move(read));
  }
  wake();
}

/// The writer is roused once per turn of the loop, not per write: what one turn asks for shares a
/// transaction.
void Writer::wake() {
  if (std::exchange(turn_posted_, true)) return;
  loop_.post([self = std::weak_ptr(self_)] {
    const auto alive = self.lock();
    if (!alive) return;
    Writer& writer = **alive;
    writer.turn_posted_ = false;
    if (writer.mode_ == Settings::Mode::thread)
      writer.wake_.notify_one();
    else
      writer.process(writer.take());
  });
}

Writer::Batch Writer::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(waiting_, {});
}

void Writer::run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      wake_.wait_for(lock, gathering_time, [this] { return stopping_ || waiting_.urgent; });
    }
    process(take());
  }
}

/// Writes come before the reads that waited with them: a read sees all that was asked for earlier.
void Writer::process(Batch batch) {
  if (state_ == State::full)
    write_without_room(std::move(batch.writes));
  else if (!batch.writes.empty())
    write_group(std::move(batch.writes));
  for (Read& read : batch.reads) read_one(read);
  post_answers();
  checkpoint_when_long();
}

void Writer::write_group(std::vector<Write> group) {
  std::vector<Result<>> results(group.size(), broken());
  if (state_ == State::dead || try_group(group, results)) {
    for (std::size_t i = 0; i < group.size(); ++i)
      answer(std::move(group[i]), std::move(results[i]));
    return;
  }
  give_back(std::move(group));
}

bool Writer::try_group(std::vector<Write>& group, std::vector<Result<>>& results) {
  try {
    if (write_as_one(group)) {
      std::ranges::fill(results, Result<>());
      return true;
    }
    database_->run("BEGIN IMMEDIATE");
    for (std::size_t i = 0; i < group.size(); ++i) results[i] = apply_alone(group[i]);
    database_->run("COMMIT");
    return true;
  } catch (const SqliteError& error) {
    roll_back();
    note_trouble(error);
    return false;
  }
}

bool Writer::write_as_one(std::vector<Write>& group) {
  std::unordered_map<std::string_view, const call::LegRecord*> newest;
  for (const Write& write : group)
    for (const call::LegRecord& leg : write.legs) newest[leg.sid] = &leg;
  database_->run("BEGIN IMMEDIATE");
  try {
    for (Write& write : group) {
      // Where its SID comes first, so that legs of one moment keep their order.
      for (const call::LegRecord& leg : write.legs)
        if (const auto found = newest.extract(leg.sid); !found.empty())
          put_leg(*database_, *found.mapped());
      write.apply(*database_);
    }
  } catch (const SqliteError& error) {
    if (classify(error) != Trouble::conflict) throw;
    database_->run("ROLLBACK");
    return false;
  } catch (const RowError&) {
    database_->run("ROLLBACK");
    return false;
  } catch (const ConditionError&) {
    database_->run("ROLLBACK");
    return false;
  }
  database_->run("COMMIT");
  return true;
}

/// The slow way, once the group is known to hold a write that fails.
Result<> Writer::apply_alone(Write& write) {
  Result<> result;
  database_->run("SAVEPOINT change");
  try {
    for (const call::LegRecord& leg : write.legs) put_leg(*database_, leg);
    write.apply(*database_);
  } catch (const SqliteError& error) {
    if (classify(error) != Trouble::conflict) throw;
    result = base::fail(Errc::conflict, "it exists already: " + error.message);
  } catch (const RowError& error) {
    result = base::fail(Errc::invalid_argument, error.message);
  } catch (const ConditionError& error) {
    result = base::fail(Errc::conflict, error.message);
  }
  if (!result) database_->run("ROLLBACK TO change");
  database_->run("RELEASE change");
  return result;
}

/// After a roll-back: nothing of the group is on disk.
void Writer::give_back(std::vector<Write> group) {
  for (Write& write : group) {
    if (state_ == State::dead)
      answer(std::move(write), broken());
    else if (write.kind == Kind::later)
      held_.push_back(std::move(write));
    else
      answer(std::move(write), no_room());
  }
}

void Writer::write_without_room(std::vector<Write> group) {
  for (Write& write : group) {
    std::vector<Write> one;
    one.push_back(std::move(write));
    // Maintenance goes alone: it must not fail with those that need room. It may have made some.
    const bool tries = one.front().kind == Kind::maintenance || state_ == State::writing;
    tries ? write_group(std::move(one)) : give_back(std::move(one));
    if (tries && state_ == State::full) look_for_room();
  }
}

void Writer::look_for_room() {
  try {
    database_->run("INSERT OR REPLACE INTO room_probe VALUES (1, zeroblob(?))", probe_bytes);
    database_->run("DELETE FROM room_probe");
  } catch (const SqliteError& error) {
    roll_back();
    if (classify(error) != Trouble::full) note_trouble(error);
    return;
  }
  base::log::info("store.has_room");
  state_ = State::writing;
  if (!held_.empty()) write_group(std::exchange(held_, {}));
}

void Writer::read_one(Read& read) {
  Error error{Errc::io, "the database failed and is closed"};
  try {
    if (state_ != State::dead) {
      answers_.push_back(read.run(*database_));
      return;
    }
  } catch (const SqliteError& trouble) {
    note_trouble(trouble);
    error.message = trouble.message;
  } catch (const RowError& trouble) {
    error = {Errc::internal, trouble.message};
  }
  answers_.push_back([failed = std::move(read.failed), error = std::move(error)]() mutable {
    failed(std::move(error));
  });
}

void Writer::note_trouble(const SqliteError& error) {
  if (classify(error) == Trouble::full) {
    if (state_ == State::full) return;
    state_ = State::full;
    base::log::warning("store.full", {{"reason", error.message}});
    answers_.push_back([self = std::weak_ptr(self_)] {
      if (const auto alive = self.lock()) (*alive)->hooks_.on_full();
    });
    return;
  }
  // No retry: the kernel may have dropped the pages, and the next fsync would lie.
  if (state_.exchange(State::dead) == State::dead) return;
  const std::string message =
      "the database failed (" + std::to_string(error.code) + "): " + error.message;
  base::log::error("store.failed", {{"reason", message}});
  for (Write& write : std::exchange(held_, {})) answer(std::move(write), broken());
  if (hooks_.on_fatal) hooks_.on_fatal(message);
}

void Writer::roll_back() noexcept {
  // SQLite has rolled back by itself when it was out of room or could not write.
  if (!database_->in_transaction()) return;
  try {
    database_->run("ROLLBACK");
  } catch (const SqliteError& error) {
    note_trouble(error);
  }
}

void Writer::checkpoint_when_long() {
  if (state_ == State::dead || database_->wal_frames() < long_wal) return;
  try {
    database_->checkpoint();
  } catch (const SqliteError& error) {
    note_trouble(error);
    post_answers();
  }
}

void Writer::answer(Write write, Result<> result) {
  if (!write.done) return;
  answers_.push_back([done = std::move(write.done), result = std::move(result)]() mutable {
    done(std::move(result));
  });
}

void Writer::post_answers() {
  if (answers_.empty()) return;
  loop_.post_from_any_thread([answers = std::exchange(answers_, {})]() mutable {
    for (base::Work& work : answers) work();
  });
}

}  // namespace belfry::store::sqlite
