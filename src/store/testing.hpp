#pragma once
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <thread>
#include <utility>

#include "base/task.hpp"
#include "base/wait.hpp"
#include "store/store.hpp"
#include "store/testing_postgres.hpp"

/// What the tests of this folder share.
namespace belfry::store::testing {

/// A new folder that goes with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "belfry-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

template <class T>
base::Task<void> keep(base::Task<T> task, std::optional<T>& into) {
  into.emplace(co_await std::move(task));
}

/// Turns the loop until the task has its value.
template <class T>
T wait_for(base::Loop& loop, base::Task<T> task) {
  base::TaskGroup group(loop);
  std::optional<T> value;
  base::Task<void> keeper = keep(std::move(task), value);
  group.spawn(std::move(keeper));
  while (!value) {
    if (loop.run_ready() == 0) std::this_thread::yield();
  }
  return std::move(*value);
}

/// A loop with a store in memory, or in a folder, that runs on the loop's own turns.
struct Fixture {
  explicit Fixture(Settings settings = {.folder = ":memory:", .mode = Settings::Mode::same_thread})
      : store(open(std::move(settings), loop).value()) {}

  template <class T>
  T get(base::Task<base::Result<T>> task) {
    base::Result<T> result = wait_for(loop, std::move(task));
    return std::move(result).value();
  }
  base::Result<> commit(call::Changes changes) {
    return wait_for(loop, store->commit(std::move(changes)));
  }

  base::VirtualClock clock;
  base::Loop loop{clock};
  std::unique_ptr<Store> store;
};

enum class Driver { sqlite, postgres };

inline std::string name_of(const ::testing::TestParamInfo<Driver>& info) {
  return info.param == Driver::sqlite ? "sqlite" : "postgres";
}

/// A data folder, and with PostgreSQL a database, that go with the test.
class Home {
 public:
  explicit Home(Driver driver) {
    if (driver == Driver::postgres) database_.emplace();
  }
  Settings settings() const {
    Settings settings{.folder = folder_.path(), .mode = Settings::Mode::same_thread};
    if (database_) settings.database_url = database_->url();
    return settings;
  }

 private:
  TemporaryFolder folder_;
  std::optional<PostgresDatabaseOfTest> database_;
};

/// What every store keeps, whoever stores it.
struct OnEveryDriver : ::testing::TestWithParam<Driver> {
  Home home{GetParam()};
};
#define INSTANTIATE_ON_EVERY_DRIVER(suite)                                                 \
  INSTANTIATE_TEST_SUITE_P(                                                                \
      On, suite,                                                                           \
      ::testing::Values(store::testing::Driver::sqlite, store::testing::Driver::postgres), \
      store::testing::name_of                                                              \
  )

inline call::LegRecord leg(std::string sid, std::int64_t created_s = 1'767'225'600) {
  call::LegRecord record;
  record.sid = std::move(sid);
  record.account_sid = "AC00000000000000000000000000000001";
  record.from = "+15550001111";
  record.to = "+14155551234";
  record.created = base::from_unix_micros(created_s * 1'000'000);
  return record;
}

inline call::Document document(std::string key, std::int64_t created_s = 0) {
  call::Document made;
  made.collection = "notes";
  made.key = std::move(key);
  made.created = base::from_unix_micros(created_s * 1'000'000);
  return made;
}

}  // namespace belfry::store::testing
