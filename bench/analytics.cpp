// What the analytics of 1,000,000 calls cost: a year of five applications and 1,000 groups. Goal:
// 200 ms for the whole answer. On PostgreSQL too where BELFRY_TEST_POSTGRES is the URL of a
// database whose user may make others.
#include <benchmark/benchmark.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <semaphore>

#include "base/random.hpp"
#include "base/time_zone.hpp"
#include "base/wait.hpp"
#include "store/postgres/connection.hpp"
#include "store/store.hpp"

namespace belfry::store {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t calls = 1'000'000;
constexpr std::size_t groups = 1000;
constexpr std::size_t members = 4;
constexpr int days = 365;
const base::WallTime begin = std::chrono::sys_days(std::chrono::January / 1 / 2026);
const std::string zone = "America/New_York";

call::LegRecord ended(std::size_t number, base::WallTime created, base::Random& random) {
  static constexpr std::array<const char*, 4> others = {"api", "campaign", "flux", "kin"};
  call::LegRecord leg;
  char sid[40];
  std::snprintf(sid, sizeof sid, "CA%032zx", number);
  leg.sid = sid;
  leg.account_sid = "AC00000000000000000000000000000001";
  leg.from = "+15550001111";
  leg.to = "+1415555" + std::to_string(1000 + number % 9000);
  leg.application = others[number % others.size()];
  leg.created = created;
  leg.status = call::LegStatus::no_answer;
  leg.ended = created + 30s;
  if (random.below(10) < 7) {
    leg.status = call::LegStatus::completed;
    leg.answered = created + 5s;
    leg.ended = *leg.answered + std::chrono::seconds(random.below(600));
  }
  return leg;
}

/// Four in ten calls are those of a group, whose members are called in one moment.
call::Changes next_moment(std::size_t number, base::Random& random) {
  call::Changes changes;
  const auto second = std::chrono::seconds(random.below(days * 86'400));
  const bool is_group = random.below(7) == 0;
  const std::string group = std::to_string(random.below(groups));
  for (std::size_t i = 0; i < (is_group ? members : 1); ++i) {
    call::LegRecord leg = ended(number + i, begin + second, random);
    if (is_group) {
      leg.application = "take5";
      leg.program = {"take5", {{"group", group}}};
    }
    changes.legs.push_back(std::move(leg));
  }
  return changes;
}

template <class T>
base::Task<void> keep(base::Task<base::Result<T>> task, std::optional<base::Result<T>>& into) {
  into.emplace(co_await std::move(task));
}

/// A store that holds the calls.
class Filled {
 public:
  explicit Filled(const Settings& settings) {
    loop_.on_wake([this] { wake_.release(); });
    store_ = open(settings, loop_).value();
    base::SeededRandom random(1);
    for (std::size_t number = 0; number < calls;) {
      call::Changes some;
      while (some.legs.size() < 5000 && number < calls) {
        call::Changes moment = next_moment(number, random);
        number += moment.legs.size();
        std::ranges::move(moment.legs, std::back_inserter(some.legs));
      }
      wait_for(store_->commit(std::move(some))).value();
    }
  }

  template <class T>
  base::Result<T> wait_for(base::Task<base::Result<T>> task) {
    base::TaskGroup group(loop_);
    std::optional<base::Result<T>> result;
    base::Task<void> keeper = keep(std::move(task), result);
    group.spawn(std::move(keeper));
    while (!result)
      if (loop_.run_ready() == 0) wake_.acquire();
    return std::move(*result);
  }
  Store& store() { return *store_; }

 private:
  base::SystemClock clock_;
  base::Loop loop_{clock_};
  std::counting_semaphore<> wake_{0};
  std::unique_ptr<Store> store_;
};

std::vector<base::WallTime> day_borders() {
  std::vector<base::WallTime> borders;
  const base::LocalTime first = base::to_local(zone, begin + 24h).value();
  for (int day = 0; day < days; ++day) {
    const auto midnight = std::chrono::floor<std::chrono::days>(first) + std::chrono::days(day);
    borders.push_back(base::to_utc(zone, midnight).value());
  }
  return borders;
}

std::vector<base::WallTime> hour_borders() {
  std::vector<base::WallTime> borders;
  for (int hour = 0; hour <= 30 * 24; ++hour) borders.push_back(begin + 24h * 100 + hour * 1h);
  return borders;
}

void analyse(benchmark::State& state, Filled& filled, const call::CallFiguresQuery& query) {
  std::int64_t counted = 0;
  for (auto _ : state) {
    counted = 0;
    const auto analysis = filled.wait_for(filled.store().analyse_calls(query)).value();
    for (const auto& span : analysis.spans)
      for (const auto& [application, figures] : span) counted += figures.calls;
  }
  state.SetLabel(std::to_string(counted) + " calls");
}

void a_year_by_day(benchmark::State& state, Filled& filled) {
  analyse(state, filled, {.borders = day_borders()});
}
void a_year_of_take5(benchmark::State& state, Filled& filled) {
  analyse(state, filled, {.borders = day_borders(), .application = "take5"});
}
void a_year_of_a_group(benchmark::State& state, Filled& filled) {
  analyse(state, filled, {.borders = day_borders(), .application = "take5", .group = "7"});
}
void a_month_by_hour(benchmark::State& state, Filled& filled) {
  analyse(state, filled, {.borders = hour_borders()});
}

void register_for(const std::string& name, Filled& filled) {
  const auto add = [&](const char* what, void (*run)(benchmark::State&, Filled&)) {
    benchmark::RegisterBenchmark((name + "/" + what).c_str(), run, std::ref(filled))
        ->Unit(benchmark::kMillisecond)
        ->MeasureProcessCPUTime()
        ->UseRealTime();
  };
  add("a_year_by_day", a_year_by_day);
  add("a_year_of_take5", a_year_of_take5);
  add("a_year_of_a_group", a_year_of_a_group);
  add("a_month_by_hour", a_month_by_hour);
}

/// A folder that goes with it.
class Folder {
 public:
  Folder() : path_((std::filesystem::temp_directory_path() / "belfry-bench-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) std::abort();
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// A database that goes with it.
class Database {
 public:
  explicit Database(const std::string& server_url)
      : administrator_(server_url, "bench"),
        name_("bench_" + std::to_string(::getpid())),
        url_(server_url.substr(0, server_url.rfind('/') + 1) + name_) {
    administrator_.ask("CREATE DATABASE " + name_);
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() { administrator_.ask("DROP DATABASE " + name_); }
  const std::string& url() const { return url_; }

 private:
  postgres::Connection administrator_;
  std::string name_;
  std::string url_;
};

void run_all() {
  const Folder folder;
  Filled sqlite({.folder = folder.path()});
  register_for("sqlite", sqlite);
  std::optional<Database> database;
  std::optional<Filled> postgres;
  if (const char* server = std::getenv("BELFRY_TEST_POSTGRES")) {
    database.emplace(server);
    postgres.emplace(Settings{.folder = ":memory:", .database_url = database->url()});
    register_for("postgres", *postgres);
  }
  benchmark::RunSpecifiedBenchmarks();
}

}  // namespace
}  // namespace belfry::store

int main(int count, char** arguments) {
  benchmark::Initialize(&count, arguments);
  belfry::store::run_all();
  return 0;
}
