#include "store/sql/writer.hpp"

#include "base/log.hpp"
#include "store/sql/tables.hpp"

namespace belfry::store::sql {
namespace {

using base::Errc;
using base::Error;
using base::Result;
using namespace std::chrono_literals;

/// How long a write that nobody waits for waits for others.
constexpr auto gathering_time = 10ms;

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
  if (is_lost()) reconnect();
  if (const std::size_t lost = undecided_.writes.size() + held_.size(); lost > 0)
    base::log::error("store.writes_lost", {{"count", lost}});
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

void Writer::try_again(Patience patience) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.urgent = true;
    waiting_.try_again = patience;
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
  if (state_ == State::writing || state_ == State::dead)
    write_group(std::move(batch.writes));
  else
    write_without_room(std::move(batch.writes));
  for (Read& read : batch.reads) read_one(std::move(read));
  if (batch.try_again && state_ == State::full) look_for_room();
  if (batch.try_again && is_lost()) {
    reconnect();
    if (is_lost() && batch.try_again == Patience::over) refuse_those_who_wait();
  }
  post_answers();
  tidy();
}

void Writer::write_group(std::vector<Write> writes) {
  if (writes.empty()) return;
  const std::size_t size = writes.size();
  if (state_ == State::dead) return give_back(std::move(writes));
  Group group{std::move(writes), std::vector<Result<>>(size)};
  if (try_group(group)) return answer_all(std::move(group));
  if (is_lost())
    undecided_ = std::move(group);
  else
    give_back(std::move(group.writes));
}

void Writer::answer_all(Group group) {
  for (std::size_t i = 0; i < group.writes.size(); ++i)
    answer(std::move(group.writes[i]), std::move(group.results[i]));
}

bool Writer::try_group(Group& group) {
  try {
    if (write_as_one(group)) return true;
    database_->begin();
    for (std::size_t i = 0; i < group.writes.size(); ++i)
      group.results[i] = apply_alone(group.writes[i]);
    database_->commit();
    return true;
  } catch (const DatabaseError& error) {
    database_->roll_back();
    note_trouble(error);
    return false;
  }
}

bool Writer::write_as_one(Group& group) {
  std::unordered_map<std::string_view, const call::LegRecord*> newest;
  for (const Write& write : group.writes)
    for (const call::LegRecord& leg : write.legs) newest[leg.sid] = &leg;
  // Before the commit: they are needed when it was written but its answer lost.
  std::ranges::fill(group.results, Result<>());
  try {
    database_->begin();
    for (Write& write : group.writes) {
      // Where its SID comes first, so that legs of one moment keep their order.
      for (const call::LegRecord& leg : write.legs)
        if (const auto found = newest.extract(leg.sid); !found.empty())
          put_leg(*database_, *found.mapped());
      write.apply(*database_);
    }
    database_->commit();
    return true;
  } catch (const ConflictError&) {
  } catch (const RowError&) {
  }
  database_->roll_back();
  return false;
}

/// The slow way, once the group is known to hold a write that fails.
Result<> Writer::apply_alone(Write& write) {
  Result<> result;
  database_->run("SAVEPOINT change");
  try {
    for (const call::LegRecord& leg : write.legs) put_leg(*database_, leg);
    write.apply(*database_);
    database_->settle();
  } catch (const ConflictError& error) {
    result = base::fail(Errc::conflict, error.message);
  } catch (const RowError& error) {
    result = base::fail(Errc::invalid_argument, error.message);
  }
  if (!result) database_->run("ROLLBACK TO change");
  database_->run("RELEASE change");
  return result;
}

void Writer::read_one(Read read) {
  if (state_ == State::lost) return held_reads_.push_back(std::move(read));
  if (state_ == State::away || state_ == State::dead) return refuse(std::move(read), why_not());
  try {
    answers_.push_back(read.run(*database_));
  } catch (const DatabaseError& trouble) {
    note_trouble(trouble);
    if (is_lost()) return read_one(std::move(read));
    refuse(std::move(read), {Errc::io, trouble.message});
  } catch (const ConflictError& refusal) {
    refuse(std::move(read), {Errc::internal, refusal.message});
  } catch (const RowError& trouble) {
    refuse(std::move(read), {Errc::internal, trouble.message});
  }
}

void Writer::refuse(Read read, Error error) {
  answers_.push_back([failed = std::move(read.failed), error = std::move(error)]() mutable {
    failed(std::move(error));
  });
}

void Writer::tidy() {
  if (state_ != State::writing) return;
  try {
    database_->tidy();
  } catch (const DatabaseError& error) {
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

}  // namespace belfry::store::sql
