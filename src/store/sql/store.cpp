#include "store/sql/store.hpp"

#include "base/log.hpp"
#include "store/sql/tables.hpp"

namespace belfry::store::sql {
namespace {

using base::Errc;
using base::Result;
using base::Task;
using namespace std::chrono_literals;

/// How long everybody waits for a lost connection.
constexpr base::Duration patience = 5s;

/// All but the legs, which the writer puts.
void apply_changes(Database& database, const call::Changes& changes) {
  for (const call::DocumentCondition& each : changes.conditions) check_condition(database, each);
  for (const call::EventRecord& event : changes.events) append_event(database, event);
  for (const call::Delivery& delivery : changes.deliveries) put_delivery(database, delivery);
  for (const call::Document& document : changes.new_documents) insert_document(database, document);
  for (const call::Document& document : changes.documents) put_document(database, document);
  for (const call::DocumentKey& key : changes.removed_documents) remove_document(database, key);
  for (const std::string& sid : changes.removed_legs) remove_leg(database, sid);
}

std::unexpected<base::Error> queue_is_full() {
  return base::fail(Errc::unavailable, "too many writes wait for the disk");
}

}  // namespace

SqlStore::SqlStore(
    const Settings& settings, FolderLock lock, std::unique_ptr<Database> database, Check check,
    base::Loop& loop
)
    : loop_(loop),
      max_queue_(settings.max_queue),
      lock_(std::move(lock)),
      seconds_(base::metrics::histogram(
          "belfry_db_seconds", "Time from a write's request to its answer",
          {0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5}
      )),
      self_(std::make_shared<SqlStore*>(this)),
      check_(std::move(check)),
      writer_(
          std::move(database), loop, settings.mode,
          {.on_fatal = settings.on_fatal,
           .on_trouble = [this](base::Duration wait) { try_again_after(wait); },
           .on_recovery = [this] { trouble_since_.reset(); }}
      ) {}

SqlStore::~SqlStore() {
  if (retry_timer_ != 0) loop_.cancel(retry_timer_);
  stop_check_ = true;
  if (check_thread_.joinable()) check_thread_.join();
}

void SqlStore::enqueue(
    Writer::Kind kind, std::move_only_function<void(Database&)> apply, Done done
) {
  enqueue(
      Writer::Write{.kind = kind, .legs = {}, .apply = std::move(apply), .done = {}},
      std::move(done)
  );
}

void SqlStore::enqueue_changes(Writer::Kind kind, call::Changes changes, Done done) {
  Writer::Write write;
  write.kind = kind;
  write.legs = std::exchange(changes.legs, {});
  write.apply = [changes = std::move(changes)](Database& database) {
    apply_changes(database, changes);
  };
  enqueue(std::move(write), std::move(done));
}

void SqlStore::enqueue(Writer::Write write, Done done) {
  const std::uint64_t number = ++last_write_;
  writes_in_flight_.emplace(number, loop_.now());
  write.done = [self = std::weak_ptr(self_), number,
                done = std::move(done)](Result<> result) mutable {
    if (const auto alive = self.lock()) {
      SqlStore& store = **alive;
      const auto entry = store.writes_in_flight_.find(number);
      const base::Duration waited = store.loop_.now() - entry->second;
      store.seconds_.observe(std::chrono::duration<double>(waited).count());
      store.writes_in_flight_.erase(entry);
    }
    if (done) done(std::move(result));
  };
  writer_.write(std::move(write));
}

base::Duration SqlStore::queue_age() const {
  return writes_in_flight_.empty() ? base::Duration::zero()
                                   : loop_.now() - writes_in_flight_.begin()->second;
}

Task<Result<>> SqlStore::commit(call::Changes changes) {
  base::Completion<Result<>> answer(loop_);
  if (!has_place()) {
    answer.resolver()(queue_is_full());
    return answer.wait();
  }
  enqueue_changes(Writer::Kind::promised, std::move(changes), answer.resolver());
  return answer.wait();
}

void SqlStore::commit_later(call::Changes changes) {
  if (!has_place()) {
    base::log::error("store.write_dropped", {{"reason", "too many writes wait for the disk"}});
    return;
  }
  enqueue_changes(Writer::Kind::later, std::move(changes), [](const Result<>& result) {
    if (!result) base::log::error("store.write_dropped", {{"reason", result.error().message}});
  });
}

void SqlStore::try_again_after(base::Duration wait) {
  if (!trouble_since_) trouble_since_ = loop_.now();
  if (retry_timer_ != 0) return;
  retry_timer_ = loop_.call_after(wait, [this] {
    retry_timer_ = 0;
    const bool over = trouble_since_ && loop_.now() - *trouble_since_ >= patience;
    writer_.try_again(over ? Writer::Patience::over : Writer::Patience::left);
  });
}

/// `query(Database&)` runs on the writer.
template <class Query>
auto SqlStore::ask(Query query) {
  using Value = std::invoke_result_t<Query&, Database&>;
  base::Completion<Result<Value>> answer(loop_);
  Writer::Read read;
  read.run = [query = std::move(query),
              resolve = answer.resolver()](Database& database) mutable -> base::Work {
    return [resolve, value = query(database)]() mutable { resolve(std::move(value)); };
  };
  read.failed = [resolve = answer.resolver()](base::Error error) {
    resolve(base::fail(std::move(error)));
  };
  writer_.read(std::move(read));
  return answer.wait();
}

Task<Result<std::optional<call::LegRecord>>> SqlStore::find_leg(std::string sid) {
  return ask([sid = std::move(sid)](Database& database) { return sql::find_leg(database, sid); });
}
Task<Result<std::vector<call::LegRecord>>> SqlStore::find_legs(call::LegQuery query) {
  return ask([query = std::move(query)](Database& database) {
    return sql::find_legs(database, query);
  });
}
Task<Result<std::vector<call::LegRecord>>> SqlStore::unfinished_legs() {
  return ask([](Database& database) { return sql::unfinished_legs(database); });
}
Task<Result<std::uint64_t>> SqlStore::count_legs() {
  return ask([](Database& database) { return sql::count_legs(database); });
}
Task<Result<std::vector<call::EventRecord>>> SqlStore::events_of(std::string leg_sid) {
  return ask([sid = std::move(leg_sid)](Database& database) {
    return sql::events_of(database, sid);
  });
}
Task<Result<std::vector<call::Delivery>>> SqlStore::due_deliveries(
    base::WallTime now, std::size_t limit
) {
  return ask([now, limit](Database& database) { return sql::due_deliveries(database, now, limit); }
  );
}
Task<Result<std::optional<base::WallTime>>> SqlStore::next_delivery() {
  return ask([](Database& database) { return sql::next_delivery(database); });
}
Task<Result<std::optional<call::Document>>> SqlStore::find_document(
    std::string collection, std::string key
) {
  return ask([collection = std::move(collection), key = std::move(key)](Database& database) {
    return sql::find_document(database, collection, key);
  });
}
Task<Result<std::vector<call::Document>>> SqlStore::find_documents(call::DocumentQuery query) {
  return ask([query = std::move(query)](Database& database) {
    return sql::find_documents(database, query);
  });
}
Task<Result<std::uint64_t>> SqlStore::count_documents(call::DocumentQuery query) {
  return ask([query = std::move(query)](Database& database) {
    return sql::count_documents(database, query);
  });
}

Task<Result<call::CallAnalysis>> SqlStore::analyse_calls(call::CallFiguresQuery query) {
  return ask([query = std::move(query)](Database& database) {
    return sql::analyse_calls(database, query);
  });
}

Task<Result<std::uint64_t>> SqlStore::purge(
    Retention retention, base::WallTime now, std::size_t limit
) {
  base::Completion<Result<std::uint64_t>> answer(loop_);
  // Written by the writer's thread before the answer is posted, read by the answer.
  auto deleted = std::make_shared<std::uint64_t>(0);
  enqueue(
      Writer::Kind::maintenance,
      [=](Database& database) {
        const std::uint64_t legs = purge_legs(database, now - retention.legs, limit);
        if (legs < limit) purge_figures(database, now - retention.legs);
        *deleted = legs + purge_deliveries(database, now - retention.deliveries, limit);
      },
      [deleted, resolve = answer.resolver()](Result<> result) {
        if (!result) return resolve(base::fail(std::move(result).error()));
        resolve(*deleted);
      }
  );
  return answer.wait();
}

Task<Result<>> SqlStore::check_integrity() {
  base::Completion<Result<>> answer(loop_);
  if (!check_ || check_thread_.joinable()) {
    answer.resolver()(Result<>{});
    return answer.wait();
  }
  check_thread_ = std::thread([this, resolve = answer.resolver()] {
    Result<> result = check_(stop_check_);
    loop_.post_from_any_thread([resolve, result = std::move(result)]() mutable {
      resolve(std::move(result));
    });
  });
  return answer.wait();
}

Task<Result<std::vector<Binding>>> SqlStore::all_bindings() {
  return ask([](Database& database) { return sql::all_bindings(database); });
}

Task<Result<>> SqlStore::replace_bindings(std::string user, std::vector<Binding> bindings) {
  base::Completion<Result<>> answer(loop_);
  if (!has_place()) {
    answer.resolver()(queue_is_full());
    return answer.wait();
  }
  enqueue(
      Writer::Kind::promised,
      [user = std::move(user), bindings = std::move(bindings)](Database& database) {
        sql::replace_bindings(database, user, bindings);
      },
      answer.resolver()
  );
  return answer.wait();
}

}  // namespace belfry::store::sql
