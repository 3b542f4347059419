#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/wait.hpp"

namespace belfry::base {

/// A few threads for work that would hold the control thread up: synthesis, decoding of files.
/// Without threads (a simulation) jobs run on a later turn of the loop, in order of submission.
/// Made, used and destroyed on the control thread; jobs may touch nothing of it. Destroying the
/// pool forgets what waits and joins what runs.
class WorkerPool {
 public:
  WorkerPool(Loop& loop, std::size_t threads);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool();

  /// Runs `job` on a thread of the pool and gives what it returns. A job that has begun is finished
  /// even when nobody waits for it any more.
  template <class T>
  Task<T> run(std::move_only_function<T()> job) {
    Completion<T> completion(loop_);
    auto resolver = completion.resolver();
    submit([&loop = loop_, resolver, job = std::move(job)]() mutable {
      loop.post_from_any_thread([resolver, value = job()]() mutable { resolver(std::move(value)); }
      );
    });
    return completion.wait();
  }
  /// Jobs that no thread has taken up yet.
  std::size_t waiting() const;

 private:
  void submit(Work job);
  void work();

  Loop& loop_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Work> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace belfry::base
