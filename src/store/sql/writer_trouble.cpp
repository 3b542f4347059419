#include "base/log.hpp"
#include "store/sql/writer.hpp"

/// What the writer does while it cannot write.
namespace belfry::store::sql {
namespace {

using base::Errc;
using base::Error;
using namespace std::chrono_literals;

/// Room that must be there before writes are taken again.
constexpr std::size_t probe_bytes = std::size_t{256} << 10U;
constexpr base::Duration look_for_room_after = 3s;
constexpr base::Duration first_back_off = 50ms;
constexpr base::Duration longest_back_off = 1s;

/// That nothing squeezes: a database may compress what it stores.
std::string noise(std::size_t bytes) {
  std::string text(bytes, '\0');
  std::uint32_t state = 1;
  for (char& each : text) {
    state = state * 1'664'525 + 1'013'904'223;
    each = static_cast<char>(state >> 24U);
  }
  return text;
}

}  // namespace

/// After a roll-back: nothing of the group is on disk.
void Writer::give_back(std::vector<Write> writes) {
  for (Write& write : writes) hold(std::move(write));
}

void Writer::hold(Write write) {
  const bool waits = write.kind == Kind::later || state_ == State::lost;
  if (waits && state_ != State::dead)
    held_.push_back(std::move(write));
  else
    answer(std::move(write), base::fail(why_not()));
}

Error Writer::why_not() const {
  const State state = state_;
  switch (state) {
    case State::full:
      return {Errc::unavailable, "the disk is full"};
    case State::lost:
    case State::away:
      return {Errc::unavailable, "the database is out of reach"};
    case State::writing:
    case State::dead:
      break;
  }
  return {Errc::io, "the database failed and is closed"};
}

void Writer::write_without_room(std::vector<Write> writes) {
  for (Write& write : writes) {
    // Maintenance goes alone: it must not fail with those that need room. It may have made some.
    const bool maintains = write.kind == Kind::maintenance && state_ == State::full;
    if (!maintains && state_ != State::writing) {
      hold(std::move(write));
      continue;
    }
    std::vector<Write> one;
    one.push_back(std::move(write));
    write_group(std::move(one));
    if (state_ == State::full) look_for_room();
  }
}

void Writer::look_for_room() {
  try {
    database_->begin();
    const std::string filling = noise(probe_bytes);
    database_->run(
        "INSERT INTO room_probe (id, bytes) VALUES (1, ?) "
        "ON CONFLICT (id) DO UPDATE SET bytes = excluded.bytes",
        Bytes{filling}
    );
    database_->commit();
    database_->begin();
    database_->run("DELETE FROM room_probe");
    database_->commit();
  } catch (const DatabaseError& error) {
    database_->roll_back();
    note_trouble(error);
    return;
  }
  base::log::info("store.has_room");
  recovered();
  write_group(std::exchange(held_, {}));
}

void Writer::reconnect() {
  bool was_written = false;
  try {
    was_written = database_->recover();
  } catch (const DatabaseError& error) {
    note_trouble(error);
    return;
  }
  base::log::info("store.reconnected");
  recovered();
  std::vector<Write> writes;
  if (was_written)
    answer_all(std::exchange(undecided_, {}));
  else
    writes = std::exchange(undecided_, {}).writes;
  for (Write& write : std::exchange(held_, {})) writes.push_back(std::move(write));
  write_group(std::move(writes));
  for (Read& read : std::exchange(held_reads_, {})) read_one(std::move(read));
}

/// But those whose commit may have arrived: they cannot be told yet.
void Writer::refuse_those_who_wait() {
  if (state_ == State::lost) base::log::error("store.out_of_reach");
  state_ = State::away;
  std::vector<Write> writes;
  if (!database_->is_in_doubt()) writes = std::exchange(undecided_, {}).writes;
  for (Write& write : std::exchange(held_, {})) writes.push_back(std::move(write));
  give_back(std::move(writes));
  for (Read& read : std::exchange(held_reads_, {})) refuse(std::move(read), why_not());
}

void Writer::note_trouble(const DatabaseError& error) {
  switch (error.trouble) {
    case Trouble::full:
      if (state_.exchange(State::full) != State::full)
        base::log::warning("store.full", {{"reason", error.message}});
      return ask_to_try_again(look_for_room_after);
    case Trouble::lost:
      if (!is_lost()) {
        state_ = State::lost;
        base::log::warning("store.connection_lost", {{"reason", error.message}});
        return ask_to_try_again(base::Duration::zero());
      }
      back_off_ = std::min(std::max(back_off_ * 2, first_back_off), longest_back_off);
      return ask_to_try_again(back_off_);
    case Trouble::fatal:
      break;
  }
  // No retry: the kernel may have dropped the pages, and the next fsync would lie.
  if (state_.exchange(State::dead) == State::dead) return;
  const std::string message = "the database failed: " + error.message;
  base::log::error("store.failed", {{"reason", message}});
  give_back(std::exchange(undecided_, {}).writes);
  give_back(std::exchange(held_, {}));
  if (hooks_.on_fatal) hooks_.on_fatal(message);
}

void Writer::recovered() {
  state_ = State::writing;
  back_off_ = base::Duration::zero();
  answers_.push_back([self = std::weak_ptr(self_)] {
    if (const auto alive = self.lock()) (*alive)->hooks_.on_recovery();
  });
}

void Writer::ask_to_try_again(base::Duration wait) {
  answers_.push_back([self = std::weak_ptr(self_), wait] {
    if (const auto alive = self.lock()) (*alive)->hooks_.on_trouble(wait);
  });
}

}  // namespace belfry::store::sql
