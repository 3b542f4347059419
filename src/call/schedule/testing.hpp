#pragma once
#include <optional>
#include <utility>

#include "base/random.hpp"
#include "base/wait.hpp"
#include "store/store.hpp"

/// What the tests of this folder share.
namespace belfry::call::schedule::testing {

/// A journal in memory and a clock that jumps to whatever is due next.
struct World {
  void run_for(base::Duration duration) {
    const base::Instant end = clock.now() + duration;
    while (true) {
      loop.run_ready();
      const auto next = loop.next_due();
      if (!next || *next > end) break;
      clock.advance_to(*next);
    }
    clock.advance_to(end);
    loop.run_ready();
  }
  template <class T>
  T wait(base::Task<T> task) {
    std::optional<T> value;
    const auto keep = [](base::Task<T> waited, std::optional<T>& into) -> base::Task<void> {
      into.emplace(co_await std::move(waited));
    };
    base::TaskGroup group(loop);
    base::Task<void> keeper = keep(std::move(task), value);
    group.spawn(std::move(keeper));
    while (!value) run_for(std::chrono::milliseconds(1));
    return std::move(*value);
  }
  std::vector<Document> documents(std::string_view collection, std::string tag = {}) {
    DocumentQuery query{
        .collection = std::string(collection), .tag = std::move(tag), .limit = 1'000'000
    };
    auto found = wait(store->find_documents(std::move(query))).value();
    std::ranges::reverse(found);
    return found;
  }

  base::VirtualClock clock;
  base::Loop loop{clock};
  base::SeededRandom random{7};
  std::unique_ptr<store::Store> store =
      store::open({.folder = ":memory:", .mode = store::Settings::Mode::same_thread}, loop).value();
};

}  // namespace belfry::call::schedule::testing
