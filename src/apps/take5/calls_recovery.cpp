// What a restart finds of calls.
#include "apps/take5/calls.hpp"

namespace belfry::apps::take5 {
namespace {

using base::fail;
using base::Result;
using base::Task;

constexpr std::size_t page_size = 500;

}  // namespace

Task<Result<>> Calls::load() {
  call::DocumentQuery query{.collection = std::string(open_call_collection)};
  query.limit = page_size;
  while (true) {
    const auto page = co_await journal().find_documents(query);
    if (!page) co_return fail(page.error());
    for (const call::Document& open : *page) {
      const Result<> loaded = co_await load_one(open.key);
      if (!loaded) co_return loaded;
    }
    if (page->size() < page_size) co_return Result<>{};
    query.after_key = page->back().key;
  }
}

Task<Result<>> Calls::load_one(std::string call_id) {
  auto call = co_await find(std::move(call_id));
  if (!call && call.error().code == base::Errc::not_found) co_return Result<>{};
  if (!call) co_return fail(std::move(call.error()));
  if (call->status == CallStatus::created) {
    if (on_planned_) on_planned_(*call);
  } else if (!is_over(call->status)) {
    // Counted once, however often it is said: the crash may have come before it was.
    count_created(*call);
    environment_.figures.count("CallStarted", call->group, call->id + " started");
    const std::string id = call->id;
    auto live = std::make_unique<LiveCall>(live_environment(), std::move(*call));
    LiveCall& begun = *(live_[id] = std::move(live));
    co_return co_await begun.recall_legs();
  }
  co_return Result<>{};
}

Task<Result<>> Calls::recover() {
  std::vector<std::string> ids;
  ids.reserve(live_.size());
  for (const auto& [id, call] : live_) ids.push_back(id);
  for (const std::string& id : ids) {
    LiveCall* call = live(id);
    if (call == nullptr) continue;
    const Result<> resumed = co_await call->resume();
    if (!resumed) co_return resumed;
  }
  co_return Result<>{};
}

}  // namespace belfry::apps::take5
