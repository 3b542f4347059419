#include "compat/aws/chime_voice/connectors.hpp"

#include <array>

#include "base/log.hpp"

namespace belfry::compat::aws::chime_voice {
namespace {

constexpr std::size_t page = 500;
constexpr std::size_t max_connectors = 100;
constexpr std::array<std::string_view, 10> regions = {
    "us-east-1", "us-west-2",      "ca-central-1",   "eu-central-1",   "eu-west-1",
    "eu-west-2", "ap-northeast-2", "ap-northeast-1", "ap-southeast-1", "ap-southeast-2",
};

/// 22 small letters and digits, as AWS's look.
std::string make_id(base::Random& random) {
  constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::array<std::byte, 22> bytes{};
  random.fill(bytes);
  std::string id;
  for (const std::byte each : bytes) id += alphabet[std::to_integer<unsigned>(each) % 32];
  return id;
}

base::json::object render(const Connector& connector, const Call& call) {
  return {
      {"VoiceConnectorId", connector.id},
      {"AwsRegion", connector.region},
      {"Name", connector.name},
      {"OutboundHostName", connector.outbound_host_name()},
      {"RequireEncryption", connector.require_encryption},
      {"CreatedTimestamp", timestamp(connector.created)},
      {"UpdatedTimestamp", timestamp(connector.updated)},
      {"VoiceConnectorArn",
       "arn:aws:chime:" + connector.region + ":" + call.account_id + ":vc/" + connector.id},
      {"NetworkType", "IPV4_ONLY"},
  };
}

Answer answer_with(const Connector& connector, const Call& call) {
  base::json::object answer;
  answer["VoiceConnector"] = render(connector, call);
  return answer;
}

base::json::object render_logging(const Connector& connector) {
  base::json::object answer;
  answer["LoggingConfiguration"] = base::json::object{
      {"EnableSIPLogs", connector.logs_sip}, {"EnableMediaMetricLogs", connector.logs_media}
  };
  return answer;
}

std::optional<std::string> read_name(const Input& input) {
  std::string name = input.text("Name");
  if (name.empty() || name.size() > 256) return std::nullopt;
  return name;
}

}  // namespace

void Connectors::add_to(Door& door) {
  using Self = Connectors;
  const auto add = [&](std::string_view path, std::string name, int status,
                       Door::Member<Self> member) {
    door.route("chime", path, std::move(name), status, Door::bind(this, member));
  };
  add("POST /voice-connectors", "CreateVoiceConnector", 201, &Self::create);
  add("GET /voice-connectors", "ListVoiceConnectors", 200, &Self::list);
  add("GET /voice-connector-regions", "ListAvailableVoiceConnectorRegions", 200,
      &Self::list_regions);
  add("GET /voice-connectors/{Id}", "GetVoiceConnector", 200, &Self::get);
  add("PUT /voice-connectors/{Id}", "UpdateVoiceConnector", 200, &Self::update);
  add("DELETE /voice-connectors/{Id}", "DeleteVoiceConnector", 204, &Self::remove);
  add("PUT /voice-connectors/{Id}/logging-configuration", "PutVoiceConnectorLoggingConfiguration",
      200, &Self::put_logging);
  add("GET /voice-connectors/{Id}/logging-configuration", "GetVoiceConnectorLoggingConfiguration",
      200, &Self::get_logging);
  add("PUT /voice-connectors/{Id}/origination", "PutVoiceConnectorOrigination", 200,
      &Self::put_origination);
  add("GET /voice-connectors/{Id}/origination", "GetVoiceConnectorOrigination", 200,
      &Self::get_origination);
  add("DELETE /voice-connectors/{Id}/origination", "DeleteVoiceConnectorOrigination", 204,
      &Self::remove_origination);
  add("PUT /voice-connectors/{Id}/termination", "PutVoiceConnectorTermination", 200,
      &Self::put_termination);
  add("GET /voice-connectors/{Id}/termination", "GetVoiceConnectorTermination", 200,
      &Self::get_termination);
  add("DELETE /voice-connectors/{Id}/termination", "DeleteVoiceConnectorTermination", 204,
      &Self::remove_termination);
  add("GET /voice-connectors/{Id}/termination/health", "GetVoiceConnectorTerminationHealth", 200,
      &Self::get_termination_health);
  add("POST /voice-connectors/{Id}/termination/credentials?operation=put",
      "PutVoiceConnectorTerminationCredentials", 204, &Self::put_credentials);
  add("GET /voice-connectors/{Id}/termination/credentials",
      "ListVoiceConnectorTerminationCredentials", 200, &Self::list_credentials);
  add("POST /voice-connectors/{Id}/termination/credentials?operation=delete",
      "DeleteVoiceConnectorTerminationCredentials", 204, &Self::remove_credentials);
  add("POST /voice-connectors/{Id}?operation=associate-phone-numbers",
      "AssociatePhoneNumbersWithVoiceConnector", 200, &Self::associate);
  add("POST /voice-connectors/{Id}?operation=disassociate-phone-numbers",
      "DisassociatePhoneNumbersFromVoiceConnector", 200, &Self::disassociate);
}

base::Task<Connectors::Found> Connectors::find(const Call& call) {
  const std::string id = call.input().text("Id");
  const auto found =
      co_await context_.journal.find_document(std::string(Connector::collection), id);
  if (!found) co_return std::unexpected(store_failed(found.error()));
  // Of another account is not there (rule H6).
  if (!*found || (*found)->tag != call.account_sid)
    co_return std::unexpected(not_found("There is no voice connector " + id));
  co_return Connector::from_document(**found);
}

base::Task<base::Result<>> Connectors::store(Connector connector) {
  connector.updated = context_.loop.wall_now();
  call::Changes changes;
  changes.documents.push_back(connector.to_document());
  co_return co_await context_.journal.commit(std::move(changes));
}

base::Task<Answer> Connectors::create(Call call) {
  const Input input = call.input();
  const auto name = read_name(input);
  if (!name) co_return std::unexpected(bad_request("Name must be 1 to 256 characters"));
  if (!input.flag("RequireEncryption"))
    co_return std::unexpected(bad_request("RequireEncryption is required"));
  Connector connector;
  connector.region = input.has("AwsRegion") ? input.text("AwsRegion") : call.region;
  if (input.has("AwsRegion") && std::ranges::find(regions, connector.region) == regions.end())
    co_return std::unexpected(bad_request("AwsRegion is not one of the regions there are"));
  call::DocumentQuery query{.collection = std::string(Connector::collection)};
  query.tag = call.account_sid;
  const auto count = co_await context_.journal.count_documents(std::move(query));
  if (!count) co_return std::unexpected(store_failed(count.error()));
  if (*count >= max_connectors)
    co_return std::unexpected(
        Failure{400, "ResourceLimitExceeded", "An account has at most 100 voice connectors"}
    );
  connector.id = call.invocation.empty() ? make_id(context_.random) : call.invocation.substr(0, 22);
  // A client's second attempt gets the connector of the first.
  std::string key = connector.id;
  const auto earlier =
      co_await context_.journal.find_document(std::string(Connector::collection), std::move(key));
  if (!earlier) co_return std::unexpected(store_failed(earlier.error()));
  if (*earlier) co_return answer_with(Connector::from_document(**earlier), call);
  connector.account_sid = call.account_sid;
  connector.name = *name;
  connector.require_encryption = *input.flag("RequireEncryption");
  connector.created = context_.loop.wall_now();
  connector.updated = connector.created;
  const auto stored = co_await store(connector);
  if (!stored) co_return std::unexpected(store_failed(stored.error()));
  co_return answer_with(connector, call);
}

base::Task<Answer> Connectors::get(Call call) {
  const Found found = co_await find(call);
  if (!found) co_return std::unexpected(found.error());
  co_return answer_with(*found, call);
}

base::Task<Answer> Connectors::list(Call call) {
  auto query = read_page(call, Connector::collection);
  if (!query) co_return std::unexpected(query.error());
  const std::size_t limit = query->limit;
  const auto found = co_await context_.journal.find_documents(std::move(*query));
  if (!found) co_return std::unexpected(store_failed(found.error()));
  base::json::array items;
  for (const call::Document& document : *found)
    items.emplace_back(render(Connector::from_document(document), call));
  co_return render_page("VoiceConnectors", std::move(items), *found, limit);
}

base::Task<Answer> Connectors::update(Call call) {
  const Input input = call.input();
  Found found = co_await find(call);
  if (!found) co_return std::unexpected(found.error());
  const auto name = read_name(input);
  const auto encryption = input.flag("RequireEncryption");
  if (!name || !encryption)
    co_return std::unexpected(bad_request("Name and RequireEncryption are required"));
  found->name = *name;
  found->require_encryption = *encryption;
  found->updated = context_.loop.wall_now();
  const auto stored = co_await store(*found);
  if (!stored) co_return std::unexpected(store_failed(stored.error()));
  if (found->termination) {
    const auto opened = co_await open_domain(*found);
    if (!opened) co_return std::unexpected(store_failed(opened.error()));
  }
  co_return answer_with(*found, call);
}

base::Task<Answer> Connectors::remove(Call call) {
  Found found = co_await find(call);
  if (!found) co_return std::unexpected(found.error());
  const auto numbers = co_await numbers_of(found->id);
  if (!numbers) co_return std::unexpected(store_failed(numbers.error()));
  if (!numbers->empty())
    co_return std::unexpected(
        conflict("Phone numbers are associated with the voice connector: disassociate them first")
    );
  found->origination.reset();
  const auto stopped = co_await apply_routes(*found);
  if (!stopped) co_return std::unexpected(store_failed(stopped.error()));
  const auto closed = co_await close_domain(*found);
  if (!closed) co_return std::unexpected(store_failed(closed.error()));
  call::Changes changes;
  changes.removed_documents.push_back({std::string(Connector::collection), found->id});
  const auto stored = co_await context_.journal.commit(std::move(changes));
  if (!stored) co_return std::unexpected(store_failed(stored.error()));
  co_return base::json::object();
}

base::Task<Answer> Connectors::list_regions(Call) {
  base::json::array items;
  for (const std::string_view region : regions) items.emplace_back(region);
  base::json::object answer;
  answer["VoiceConnectorRegions"] = std::move(items);
  co_return answer;
}

base::Task<Answer> Connectors::put_logging(Call call) {
  Found found = co_await find(call);
  if (!found) co_return std::unexpected(found.error());
  const base::json::object members = call.input().object("LoggingConfiguration");
  const Input logging(members);
  found->logs_sip = logging.flag("EnableSIPLogs").value_or(found->logs_sip);
  found->logs_media = logging.flag("EnableMediaMetricLogs").value_or(found->logs_media);
  const auto stored = co_await store(*found);
  if (!stored) co_return std::unexpected(store_failed(stored.error()));
  co_return render_logging(*found);
}

base::Task<Answer> Connectors::get_logging(Call call) {
  const Found found = co_await find(call);
  if (!found) co_return std::unexpected(found.error());
  co_return render_logging(*found);
}

base::Task<base::Result<>> Connectors::restore() {
  call::DocumentQuery query{.collection = std::string(Connector::collection), .limit = page};
  while (true) {
    const auto found = co_await context_.journal.find_documents(query);
    if (!found) co_return base::fail(found.error());
    for (const call::Document& document : *found) {
      const Connector connector = Connector::from_document(document);
      const auto applied = co_await apply_routes(connector);
      if (!applied)
        base::log::error(
            "connector.restore", {{"connector", connector.id}, {"why", applied.error().message}}
        );
    }
    if (found->size() < page) co_return base::Result<>{};
    query.after_key = found->back().key;
  }
}

}  // namespace belfry::compat::aws::chime_voice
