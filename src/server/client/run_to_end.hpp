#pragma once
#include <optional>
#include <utility>

#include "base/task.hpp"
#include "net/driver.hpp"

namespace belfry::server {

namespace detail {

template <class T>
base::Task<void> keep_result(base::Task<T> task, std::optional<T>& into) {
  into.emplace(co_await std::move(task));
}

}  // namespace detail

/// What `task` returns. For commands, which do one thing after the other: drives the loop until
/// then. The task limits its own time.
template <class T>
T run_to_end(net::Driver& driver, base::Task<T> task) {
  std::optional<T> result;
  base::TaskGroup tasks(driver.loop());
  tasks.spawn(detail::keep_result(std::move(task), result));
  while (!driver.run_until([&] { return result.has_value(); }, std::chrono::hours(1))) continue;
  return std::move(*result);
}

}  // namespace belfry::server
