// Services that answer whole requests: the door only finds out who asks.
#include "base/ids.hpp"
#include "base/log.hpp"
#include "compat/aws/door.hpp"

namespace belfry::compat::aws {
namespace {

namespace sigv4 = identity::sigv4;

/// In the words of the services that came first; S3 has its own.
Failure refusal(const sigv4::Problem& problem, bool presigned) {
  using Kind = sigv4::Problem::Kind;
  switch (problem.kind) {
    case Kind::missing:
      return {403, "AccessDenied", problem.message};
    case Kind::incomplete:
      return {
          400, presigned ? "AuthorizationQueryParametersError" : "AuthorizationHeaderMalformed",
          problem.message
      };
    case Kind::unknown_key:
      return {403, "InvalidAccessKeyId", problem.message};
    case Kind::wrong:
      return {403, "SignatureDoesNotMatch", problem.message};
    case Kind::expired:
    case Kind::not_yet_valid:
      if (presigned) return {403, "AccessDenied", "Request has expired"};
      return {403, "RequestTimeTooSkewed", problem.message};
  }
  return {403, "AccessDenied", problem.message};
}

}  // namespace

void Door::add(WholeService service) {
  std::string scope = service.name.scope;
  wholes_[std::move(scope)] = std::move(service);
}

const WholeService* Door::whole_service_of(const http::Request& request) const {
  const auto claim = sigv4::read_claim(signed_part(request));
  if (!claim) return nullptr;
  const auto found = wholes_.find(claim->scope.service);
  return found == wholes_.end() ? nullptr : &found->second;
}

/// Reads no body: only whoever knows the secret may send a large one.
std::expected<SignedRequest, Failure> Door::admit(http::Request& request) const {
  const sigv4::Request part = signed_part(request);
  auto claim = sigv4::read_claim(part);
  if (!claim) return std::unexpected(refusal(claim.error(), false));
  const auto holder = find_key_(claim->access_key_id);
  if (!holder)
    return std::unexpected(Failure{
        403, "InvalidAccessKeyId",
        "The AWS Access Key Id you provided does not exist in our records."
    });
  std::string payload(request.headers.get("x-amz-content-sha256").value_or(""));
  if (claim->in_query) payload = sigv4::unsigned_payload;
  if (payload.empty())
    return std::unexpected(Failure{
        400, "MissingSecurityHeader",
        "Your request was missing a required header: x-amz-content-sha256"
    });
  if (const auto problem = sigv4::verify(*claim, part, payload, holder->secret, loop_.wall_now()))
    return std::unexpected(refusal(*problem, claim->in_query));
  SignedRequest admitted;
  admitted.claim = std::move(*claim);
  admitted.secret = holder->secret;
  admitted.payload = std::move(payload);
  admitted.account_sid = holder->account_sid;
  admitted.request = std::move(request);
  return admitted;
}

std::size_t Door::max_body(const http::Request& request) const {
  const WholeService* service = whole_service_of(request);
  if (service == nullptr) return http::Router::Options().max_body;
  http::Request head = http::Request::make(request.method, request.target);
  head.headers = request.headers;
  return admit(head) ? service->max_body : http::Router::Options().max_body;
}

base::Task<http::Response> Door::answer_whole(const WholeService& service, http::Request request) {
  std::string request_id = base::make_uuid(random_);
  auto admitted = admit(request);
  if (admitted && buckets_.take(admitted->claim.access_key_id, loop_.now())) {
    request = std::move(admitted->request);
    admitted = std::unexpected(service.name.throttled);
  }
  if (!admitted) {
    base::log::info(
        "aws.refused", {{"code", admitted.error().code}, {"service", service.name.scope}}
    );
    co_return service.refuse(admitted.error(), request, request_id);
  }
  admitted->request_id = std::move(request_id);
  base::Task<http::Response> answering = service.answer(std::move(*admitted));
  co_return co_await std::move(answering);
}

/// What the server refuses before the door sees it: a body that is too large.
http::Response Door::error(int status, const http::Request& request, std::string_view reason) {
  const bool too_large = status == 413;
  const Failure failure{
      too_large && whole_service_of(request) != nullptr ? 400 : status,
      too_large ? "EntityTooLarge" : "InvalidRequest", std::string(reason)
  };
  const std::string request_id = base::make_uuid(random_);
  if (const WholeService* whole = whole_service_of(request))
    return whole->refuse(failure, request, request_id);
  Rendering rendering;
  rendering.protocol = read_asked(request).protocol;
  rendering.request_id = request_id;
  rendering.content_type = request.content_type();
  return render(rendering, failure);
}

}  // namespace belfry::compat::aws
