#include "call/json_members.hpp"
#include "compat/aws/chime_voice/connectors.hpp"

/// Calls to the numbers of a connector, to the PBX behind it.
namespace belfry::compat::aws::chime_voice {
namespace {

constexpr std::size_t max_numbers = 10'000;

Answer answer_with(const Origination& origination) {
  base::json::object answer;
  answer["Origination"] = to_json(origination);
  return answer;
}

}  // namespace

base::Task<base::Result<std::vector<call::Document>>> Connectors::numbers_of(
    std::string connector_id
) {
  call::DocumentQuery query{.collection = std::string(call::NumberDirectory::numbers)};
  query.members = {{"voice_connector_id", std::move(connector_id)}};
  query.limit = max_numbers;
  co_return co_await context_.journal.find_documents(std::move(query));
}

base::Task<base::Result<>> Connectors::apply_routes(const Connector& connector) {
  if (context_.trunks == nullptr) co_return base::Result<>{};
  const auto documents = co_await numbers_of(connector.id);
  if (!documents) co_return base::fail(documents.error());
  std::vector<std::string> numbers;
  for (const call::Document& each : *documents)
    numbers.push_back(call::text_member(each.value, "phone_number"));
  const bool open = connector.origination && !connector.origination->disabled;
  const auto routes = open ? connector.origination->routes : std::vector<OriginationRoute>();
  co_return context_.trunks->set(connector.id, routes, numbers);
}

base::Task<Answer> Connectors::put_origination(Call call) {
  Found found = co_await find(call);
  if (!found) co_return std::unexpected(found.error());
  const base::json::object members = call.input().object("Origination");
  auto origination = read_origination(Input(members));
  if (!origination) co_return std::unexpected(origination.error());
  found->origination = std::move(*origination);
  const auto stored = co_await store(*found);
  if (!stored) co_return std::unexpected(store_failed(stored.error()));
  const auto applied = co_await apply_routes(*found);
  if (!applied) co_return std::unexpected(bad_request(applied.error().message));
  co_return answer_with(*found->origination);
}

base::Task<Answer> Connectors::get_origination(Call call) {
  const Found found = co_await find(call);
  if (!found) co_return std::unexpected(found.error());
  if (!found->origination)
    co_return std::unexpected(not_found("The voice connector has no origination"));
  co_return answer_with(*found->origination);
}

base::Task<Answer> Connectors::remove_origination(Call call) {
  Found found = co_await find(call);
  if (!found) co_return std::unexpected(found.error());
  found->origination.reset();
  const auto stored = co_await store(*found);
  if (!stored) co_return std::unexpected(store_failed(stored.error()));
  const auto applied = co_await apply_routes(*found);
  if (!applied) co_return std::unexpected(store_failed(applied.error()));
  co_return base::json::object();
}

}  // namespace belfry::compat::aws::chime_voice
