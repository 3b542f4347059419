#include "compat/aws/chime_voice/chime_voice.hpp"

namespace belfry::compat::aws::chime_voice {

Failure bad_request(std::string message) {
  return {400, "BadRequest", std::move(message)};
}

Failure not_found(std::string message) {
  return {404, "NotFound", std::move(message)};
}

Failure conflict(std::string message) {
  return {409, "Conflict", std::move(message)};
}

Failure store_failed(const base::Error& error) {
  if (error.code == base::Errc::conflict) return conflict(error.message);
  return {503, "ServiceUnavailable", error.message};
}

std::expected<call::DocumentQuery, Failure> read_page(
    const Call& call, std::string_view collection
) {
  const Input input = call.input();
  call::DocumentQuery query{.collection = std::string(collection), .tag = call.account_sid};
  const double limit = input.number("max-results").value_or(50);
  if (input.has("max-results") && (limit < 1 || limit > 100))
    return std::unexpected(bad_request("max-results must be 1 to 100"));
  query.limit = static_cast<std::size_t>(limit);
  query.after_key = input.text("next-token");
  return query;
}

base::json::object render_page(
    std::string_view name, base::json::array items, const std::vector<call::Document>& documents,
    std::size_t limit
) {
  base::json::object page;
  page[name] = std::move(items);
  if (documents.size() == limit) page["NextToken"] = documents.back().key;
  return page;
}

void ChimeVoice::add_to(Door& door) {
  ServiceName name{"chime"};
  name.throttled = {429, "ThrottledClient", "Rate exceeded"};
  door.add(std::move(name));
  numbers_.add_to(door);
  orders_.add_to(door);
  connectors_.add_to(door);
}

}  // namespace belfry::compat::aws::chime_voice
