// What a row costs, by how many share one fsync. Goal: 64 rows at 5 us each. On PostgreSQL too
// where BELFRY_TEST_POSTGRES is the URL of a database whose user may make others; its server shall
// run with fsync on.
#include <benchmark/benchmark.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <semaphore>

#include "base/wait.hpp"
#include "store/postgres/connection.hpp"
#include "store/store.hpp"

namespace belfry::store {
namespace {

call::Changes one_event(std::int64_t number) {
  const std::string sid = "CA" + std::to_string(number / 8);
  call::EventRecord event{.leg_sid = sid, .seq = static_cast<std::uint64_t>(number % 8)};
  event.type = "webhook.request";
  event.data = {
      {"url", "http://127.0.0.1:8000/notifications/call/gather"}, {"status", 200}, {"ms", 12}
  };
  call::Changes changes;
  changes.events.push_back(std::move(event));
  return changes;
}

base::Task<void> count(base::Task<base::Result<>> commit, std::int64_t& done) {
  const base::Result<> result = co_await std::move(commit);
  if (result) ++done;
}

void commit_events(benchmark::State& state, const Settings& settings) {
  base::SystemClock clock;
  base::Loop loop(clock);
  std::counting_semaphore<> wake(0);
  loop.on_wake([&] { wake.release(); });
  {
    auto store = open(settings, loop).value();
    base::TaskGroup group(loop);
    std::int64_t number = 0;
    std::int64_t done = 0;
    for (auto _ : state) {
      for (std::int64_t i = 0; i < state.range(0); ++i) {
        base::Task<void> task = count(store->commit(one_event(number++)), done);
        group.spawn(std::move(task));
      }
      while (done < number)
        if (loop.run_ready() == 0) wake.acquire();
    }
    state.SetItemsProcessed(number);
  }
}

void commit_to_sqlite(benchmark::State& state) {
  std::string folder = (std::filesystem::temp_directory_path() / "belfry-bench-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return state.SkipWithError("no temporary folder");
  commit_events(state, {.folder = folder});
  std::filesystem::remove_all(folder);
}
BENCHMARK(commit_to_sqlite)
    ->Name("commit_events")
    ->Arg(1)
    ->Arg(8)
    ->Arg(64)
    ->Arg(512)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

void commit_to_postgres(benchmark::State& state) {
  const char* server = std::getenv("BELFRY_TEST_POSTGRES");
  if (server == nullptr) return state.SkipWithError("BELFRY_TEST_POSTGRES is not set");
  const std::string server_url(server);
  const std::string name = "bench_" + std::to_string(::getpid());
  postgres::Connection administrator(server_url, "bench");
  administrator.ask("CREATE DATABASE " + name);
  commit_events(
      state,
      {.folder = ":memory:", .database_url = server_url.substr(0, server_url.rfind('/') + 1) + name}
  );
  administrator.ask("DROP DATABASE " + name);
}
BENCHMARK(commit_to_postgres)
    ->Name("commit_events_postgres")
    ->Arg(1)
    ->Arg(8)
    ->Arg(64)
    ->Arg(512)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace belfry::store
