// How calls are found, also those that are over.
#include "apps/take5/calls.hpp"

namespace belfry::apps::take5 {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using base::Task;

constexpr std::size_t most_of_a_group = 100;  // created calls of a schedule
constexpr std::size_t page_size = 500;

}  // namespace

LiveCall* Calls::live(const std::string& call_id) const {
  const auto found = live_.find(call_id);
  return found == live_.end() ? nullptr : found->second.get();
}

Task<Result<CallRecord>> Calls::find(std::string call_id) {
  if (const LiveCall* running = live(call_id)) co_return running->record();
  const auto document =
      co_await journal().find_document(std::string(call_collection), std::move(call_id));
  if (!document) co_return fail(document.error());
  if (!*document) co_return fail(Errc::not_found, "Call not found");
  co_return CallRecord::from_document(**document);
}

Task<Result<std::vector<CallRecord>>> Calls::list(Query query) {
  call::DocumentQuery wanted{.collection = std::string(call_collection)};
  wanted.tag = std::move(query.group);
  if (!query.status.empty()) wanted.members.emplace_back("status", std::move(query.status));
  wanted.after_key = std::move(query.after_call);
  wanted.limit = query.limit;
  const auto documents = co_await journal().find_documents(std::move(wanted));
  if (!documents) co_return fail(documents.error());
  std::vector<CallRecord> calls;
  for (const call::Document& document : *documents) {
    const LiveCall* running = live(document.key);
    if (running != nullptr) {
      calls.push_back(running->record());
    } else {
      calls.push_back(CallRecord::from_document(document));
    }
  }
  co_return calls;
}

Task<Result<std::map<std::int64_t, Calls::Usage>>> Calls::usage_since(base::WallTime from) {
  std::map<std::int64_t, Usage> usage;
  call::DocumentQuery query{.collection = std::string(call_collection)};
  query.created_from = from;
  query.limit = page_size;
  while (true) {
    const auto page = co_await journal().find_documents(query);
    if (!page) co_return fail(page.error());
    for (const call::Document& document : *page) {
      const CallRecord call = CallRecord::from_document(document);
      if (!call.anybody_was_connected()) continue;
      Usage& of_group = usage[call.group];
      ++of_group.calls;
      for (const Participant& participant : call.participants)
        of_group.minutes += std::chrono::ceil<std::chrono::minutes>(participant.talked);
    }
    if (page->size() < page_size) co_return usage;
    query.after_key = page->back().key;
  }
}

Task<Result<std::vector<CallRecord>>> Calls::scheduled_calls(std::int64_t group) {
  call::DocumentQuery query{.collection = std::string(call_collection)};
  query.tag = std::to_string(group);
  query.members = {{"status", "created"}, {"origin", "schedule"}};
  query.limit = most_of_a_group;
  const auto documents = co_await journal().find_documents(std::move(query));
  if (!documents) co_return fail(documents.error());
  std::vector<CallRecord> calls;
  for (const call::Document& document : *documents)
    calls.push_back(CallRecord::from_document(document));
  co_return calls;
}

}  // namespace belfry::apps::take5
