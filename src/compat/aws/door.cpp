#include "compat/aws/door.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "http/gzip.hpp"

namespace belfry::compat::aws {
namespace {

using namespace std::chrono_literals;
namespace sigv4 = identity::sigv4;

constexpr std::uint32_t burst = 200;  // refilled in 2 s: 100 requests a second
constexpr std::size_t max_unpacked = 4u << 20;
constexpr std::string_view scheme = "AWS4-HMAC-SHA256";

Failure refusal(const sigv4::Problem& problem) {
  using Kind = sigv4::Problem::Kind;
  switch (problem.kind) {
    case Kind::missing:
      return {403, "MissingAuthenticationToken", problem.message};
    case Kind::incomplete:
      return {400, "IncompleteSignature", problem.message};
    case Kind::unknown_key:
      return {403, "InvalidClientTokenId", problem.message, "UnrecognizedClientException"};
    case Kind::wrong:
    case Kind::expired:
    case Kind::not_yet_valid:
      return {403, "SignatureDoesNotMatch", problem.message, "InvalidSignatureException"};
  }
  return {403, "AccessDenied", problem.message};
}

std::string decoded(std::string_view text) {
  return base::percent_decode(text).value_or(std::string(text));
}

}  // namespace

sigv4::Request signed_part(const http::Request& request) {
  sigv4::Request part{request.method, request.path, request.query, {}};
  for (const auto& [name, value] : request.headers) part.headers.emplace_back(name, value);
  return part;
}

std::vector<std::pair<std::string, std::string>> read_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const std::string_view part : base::split(query, '&')) {
    if (part.empty()) continue;
    const auto equals = part.find('=');
    const bool bare = equals == std::string_view::npos;
    std::string value(bare ? std::string_view() : part.substr(equals + 1));
    std::ranges::replace(value, '+', ' ');
    pairs.emplace_back(decoded(part.substr(0, equals)), decoded(value));
  }
  return pairs;
}

std::string account_id_of(std::string_view account_sid) {
  const std::string hash = base::sha256_hex(account_sid);
  std::string digits;
  for (const char each : hash.substr(0, 12))
    digits += static_cast<char>('0' + (each <= '9' ? each - '0' : each - 'a') % 10);
  return digits;
}

Door::Door(base::Loop& loop, base::Random& random, FindKey find_key)
    : loop_(loop), random_(random), find_key_(std::move(find_key)), buckets_(burst, 2s) {}

void Door::add_to(http::Router& router) {
  http::Router::DetourTerms terms;
  terms.max_body = [this](const http::Request& request) { return max_body(request); };
  terms.errors = [this](int status, const http::Request& request, std::string_view reason) {
    return error(status, request, reason);
  };
  router.add_detour(
      "aws", &Door::is_meant, [this](http::Request request) { return answer(std::move(request)); },
      std::move(terms)
  );
}

bool Door::is_meant(const http::Request& request) {
  if (request.headers.get("Authorization").value_or("").starts_with(scheme)) return true;
  if (request.headers.has("X-Amz-Target")) return true;
  return request.query.contains("X-Amz-Algorithm=") ||
         read_asked(request).protocol != Protocol::rest_json;
}

void Door::add(ServiceName name) {
  std::string scope = name.scope;
  services_[std::move(scope)].name = std::move(name);
}

void Door::operation(std::string_view scope, std::string name, Handler handler) {
  Operation operation;
  operation.name = std::move(name);
  operation.handler = std::move(handler);
  services_.find(scope)->second.operations.push_back(std::move(operation));
}

void Door::route(
    std::string_view scope, std::string_view method_and_path, std::string name, int status,
    Handler handler
) {
  const auto space = method_and_path.find(' ');
  const std::string_view target = method_and_path.substr(space + 1);
  const auto question = target.find('?');
  Operation operation;
  operation.name = std::move(name);
  operation.handler = std::move(handler);
  operation.method = method_and_path.substr(0, space);
  for (const std::string_view segment : base::split(target.substr(1, question - 1), '/'))
    operation.segments.emplace_back(segment);
  if (question != std::string_view::npos) operation.query = read_query(target.substr(question + 1));
  operation.status = status;
  auto& operations = services_.find(scope)->second.operations;
  // Those that want something of the query go first.
  const bool particular = !operation.query.empty();
  operations.insert(particular ? operations.begin() : operations.end(), std::move(operation));
}

std::vector<std::string> Door::operations() const {
  std::vector<std::string> all;
  const auto note = [&](const std::string& scope, const std::string& operation) {
    all.emplace_back(scope).append(" ").append(operation);
  };
  for (const auto& [scope, service] : services_)
    for (const Operation& operation : service.operations) note(scope, operation.name);
  for (const auto& [scope, service] : wholes_)
    for (const std::string& operation : service.operations) note(scope, operation);
  std::ranges::sort(all);
  return all;
}

std::optional<Failure> Door::authenticate(Visit& visit) {
  const sigv4::Request part = signed_part(visit.request);
  const auto claim = sigv4::read_claim(part);
  if (!claim) return refusal(claim.error());
  visit.call.region = claim->scope.region;
  if (auto failure = choose_service(visit, claim->scope.service)) return failure;
  const auto holder = find_key_(claim->access_key_id);
  if (!holder)
    return refusal(
        {sigv4::Problem::Kind::unknown_key, "The security token included in the request is invalid."
        }
    );
  const std::string hash = base::sha256_hex(visit.request.body);
  if (const auto problem = sigv4::verify(*claim, part, hash, holder->secret, loop_.wall_now()))
    return refusal(*problem);
  if (buckets_.take(claim->access_key_id, loop_.now())) return visit.service->name.throttled;
  visit.call.account_sid = holder->account_sid;
  visit.call.account_id = account_id_of(holder->account_sid);
  const auto invocation = visit.request.headers.get("amz-sdk-invocation-id").value_or("");
  if (!invocation.empty())
    visit.call.invocation =
        base::sha256_hex(claim->access_key_id + " " + std::string(invocation)).substr(0, 32);
  return std::nullopt;
}

std::optional<Failure> Door::choose_service(Visit& visit, const std::string& scope) {
  const auto found = services_.find(scope);
  const bool other = found != services_.end() && !visit.asked.target.empty() &&
                     found->second.name.target != visit.asked.target;
  if (found == services_.end() || other)
    return Failure{
        403, "SignatureDoesNotMatch",
        "Credential should be scoped to a service that is here: '" + scope +
            "' is not the one asked",
        "InvalidSignatureException"
    };
  visit.service = &found->second;
  visit.rendering.xml_namespace = found->second.name.xml_namespace;
  return std::nullopt;
}

std::optional<Failure> Door::unknown_operation(const Visit& visit) {
  if (visit.rendering.protocol == Protocol::query)
    return Failure{
        400, "InvalidAction",
        "The action " + visit.asked.operation + " is not valid for this web service."
    };
  const int status = visit.rendering.protocol == Protocol::json ? 400 : 404;
  return Failure{status, "UnknownOperation", "There is no such operation here"};
}

std::optional<Failure> Door::read(Visit& visit) {
  std::string unpacked;
  std::string_view body = visit.request.body;
  const auto encoding = visit.request.headers.get("Content-Encoding").value_or("");
  if (base::equals_ignoring_case(encoding, "gzip")) {
    auto plain = http::gunzip(body, max_unpacked);
    if (!plain) return Failure{400, "Serialization", plain.error().message};
    unpacked = std::move(*plain);
    body = unpacked;
  } else if (!encoding.empty() && !base::equals_ignoring_case(encoding, "identity")) {
    return Failure{415, "UnsupportedMediaType", "Bodies may be packed by gzip only"};
  }
  auto members = read_body(visit.rendering.protocol, body);
  if (!members) return Failure{400, "Serialization", members.error().message};
  visit.call.members = std::move(*members);
  if (visit.rendering.protocol == Protocol::rest_json) return read_rest(visit);
  if (visit.rendering.protocol == Protocol::query)
    visit.asked.operation = visit.call.input().text("Action");
  const auto& operations = visit.service->operations;
  const auto found = std::ranges::find(operations, visit.asked.operation, &Operation::name);
  if (found == operations.end() || !found->method.empty()) return unknown_operation(visit);
  visit.operation = &*found;
  return std::nullopt;
}

bool Door::matches(const Operation& operation, Visit& visit) {
  const auto path = base::split(std::string_view(visit.request.path).substr(1), '/');
  if (operation.method != visit.request.method || operation.segments.size() != path.size())
    return false;
  for (std::size_t i = 0; i < path.size(); ++i)
    if (!operation.segments[i].starts_with('{') && operation.segments[i] != path[i]) return false;
  const auto query = read_query(visit.request.query);
  for (const auto& wanted : operation.query)
    if (std::ranges::find(query, wanted) == query.end()) return false;
  for (std::size_t i = 0; i < path.size(); ++i)
    if (const std::string& name = operation.segments[i]; name.starts_with('{'))
      visit.call.members[name.substr(1, name.size() - 2)] = decoded(path[i]);
  return true;
}

std::optional<Failure> Door::read_rest(Visit& visit) {
  for (const Operation& operation : visit.service->operations) {
    if (operation.method.empty() || !matches(operation, visit)) continue;
    for (auto& [name, value] : read_query(visit.request.query)) visit.call.members[name] = value;
    visit.operation = &operation;
    return std::nullopt;
  }
  return unknown_operation(visit);
}

base::Task<http::Response> Door::answer(http::Request request) {
  if (const WholeService* whole = whole_service_of(request)) {
    base::Task<http::Response> answering = answer_whole(*whole, std::move(request));
    co_return co_await std::move(answering);
  }
  Visit visit{request, read_asked(request), {}, {}};
  visit.rendering.protocol = visit.asked.protocol;
  visit.rendering.request_id = base::make_uuid(random_);
  visit.rendering.content_type = request.content_type();
  visit.rendering.query_compatible =
      visit.asked.protocol == Protocol::cbor || request.headers.has("x-amzn-query-mode");
  visit.call.request_id = visit.rendering.request_id;
  visit.call.user_agent = request.headers.get("User-Agent").value_or("");
  std::optional<Failure> failure = authenticate(visit);
  if (!failure) failure = read(visit);
  if (failure) {
    base::log::info("aws.refused", {{"code", failure->code}, {"operation", visit.asked.operation}});
    co_return render(visit.rendering, *failure);
  }
  visit.rendering.operation = visit.operation->name;
  visit.call.operation = visit.operation->name;
  base::Task<Answer> handling = visit.operation->handler(std::move(visit.call));
  const Answer answered = co_await std::move(handling);
  if (!answered) co_return render(visit.rendering, answered.error());
  co_return render(visit.rendering, visit.operation->status, *answered);
}

}  // namespace belfry::compat::aws
