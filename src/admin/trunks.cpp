#include "admin/trunks.hpp"

#include <algorithm>

#include "admin/problem.hpp"
#include "admin/trunk_check.hpp"
#include "admin/trunk_terms.hpp"
#include "base/log.hpp"

namespace belfry::admin {
namespace {

constexpr std::string_view collection = "trunk";
constexpr std::size_t max_stored = 1000;
constexpr std::size_t max_party = 300;

base::json::object render(const TrunkTable::Row& row) {
  base::json::object trunk = public_members(row.terms);
  base::json::array addresses;
  for (const std::string& address : row.addresses) addresses.emplace_back(address);
  trunk["state"] = row.state;
  trunk["channels_in_use"] = row.channels_in_use;
  trunk["calls_waiting"] = row.calls_waiting;
  trunk["addresses"] = std::move(addresses);
  trunk["from_file"] = row.from_file;
  return trunk;
}

http::Response no_such_trunk(const http::Request& request) {
  return problem(request, 404, "not-found", "There is no trunk " + request.param("name"));
}

}  // namespace

void Trunks::add_to(http::Router& router) {
  router.add("GET /admin/api/trunks", http::immediate([this](const http::Request&) {
               return list();
             }));
  router.add("POST /admin/api/trunks", [this](http::Request request) {
    return set_up(std::move(request));
  });
  router.add("DELETE /admin/api/trunks/{name}", [this](http::Request request) {
    return remove(std::move(request));
  });
  router.add("POST /admin/api/trunks/{name}/check", [this](http::Request request) {
    return check(std::move(request));
  });
}

http::Response Trunks::list() const {
  base::json::array items;
  for (const TrunkTable::Row& row : table_.rows()) items.emplace_back(render(row));
  return http::json(200, base::json::object{{"items", std::move(items)}});
}

base::Task<http::Response> Trunks::set_up(http::Request request) {
  auto body = read_object(request);
  if (!body) co_return std::move(body.error());
  BodyReader reader(*body);
  const TrunkTerms terms = read_trunk(reader);
  if (!reader.complaints().empty()) co_return refuse(request, reader.complaints());
  if (const auto added = table_.add(terms); !added) co_return failure(request, added.error());

  call::Changes changes;
  changes.documents.push_back({
      .collection = std::string(collection),
      .key = terms.name,
      .tag = {},
      .value = all_members(terms),
      .created = switchboard_.services().loop.wall_now(),
  });
  const auto stored = co_await journal().commit(std::move(changes));
  if (!stored) {
    static_cast<void>(table_.remove(terms.name));
    co_return failure(request, stored.error());
  }
  http::Response response = http::json(201, public_members(terms));
  response.headers.add("Location", "/admin/api/trunks/" + terms.name);
  co_return response;
}

base::Task<http::Response> Trunks::remove(http::Request request) {
  const std::string name = request.param("name");
  if (const auto removed = table_.remove(name); !removed) {
    if (removed.error().code == base::Errc::not_found) co_return no_such_trunk(request);
    co_return failure(request, removed.error());
  }
  call::Changes changes;
  changes.removed_documents.push_back({std::string(collection), name});
  const auto stored = co_await journal().commit(std::move(changes));
  if (!stored) co_return failure(request, stored.error());
  co_return http::empty(204);
}

base::Task<http::Response> Trunks::check(http::Request request) {
  auto body = read_object(request);
  if (!body) co_return std::move(body.error());
  BodyReader reader(*body);
  const auto to = reader.required_text("to", max_party);
  const auto from = reader.optional_text("from", max_party);
  if (!reader.complaints().empty()) co_return refuse(request, reader.complaints());
  const auto party = call::Party::parse(*to);
  if (!party || party->kind != call::Party::Kind::telephone)
    co_return refuse(request, {{"#/to", "invalid", "to must be a telephone number, +15551234567"}});
  const auto rows = table_.rows();
  const std::string name = request.param("name");
  const auto row = std::ranges::find(rows, name, [](const auto& each) { return each.terms.name; });
  if (row == rows.end()) co_return no_such_trunk(request);

  TrunkCheck running(switchboard_, *row);
  TestCall terms{*party, from.value_or(row->terms.caller_id)};
  base::Task<TrunkCheck::Report> checking = running.run(std::move(terms));
  const TrunkCheck::Report report = co_await std::move(checking);
  co_return http::json(200, to_json(report));
}

base::Task<base::Result<>> Trunks::restore() {
  call::DocumentQuery query;
  query.collection = collection;
  query.limit = max_stored;
  const auto stored = co_await journal().find_documents(std::move(query));
  if (!stored) co_return base::fail(stored.error());
  for (const call::Document& document : *stored) {
    BodyReader reader(document.value);
    const TrunkTerms terms = read_trunk(reader);
    const auto added =
        reader.complaints().empty()
            ? table_.add(terms)
            : base::Result<>(base::fail(base::Errc::malformed, reader.complaints().front().message)
              );
    if (!added)
      base::log::error("trunk.restore", {{"trunk", document.key}, {"why", added.error().message}});
  }
  co_return base::Result<>{};
}

}  // namespace belfry::admin
