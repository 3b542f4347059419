#pragma once
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/loop.hpp"
#include "base/random.hpp"
#include "base/task.hpp"
#include "base/token_bucket.hpp"
#include "compat/aws/failure.hpp"
#include "compat/aws/input.hpp"
#include "compat/aws/output.hpp"
#include "compat/aws/protocol.hpp"
#include "http/router.hpp"
#include "identity/sigv4.hpp"

namespace belfry::compat::aws {

/// An operation that somebody may have.
struct Call {
  std::string operation;
  base::json::object members;  // of path, query and body
  std::string region;          // as the signature says; objects report it
  std::string account_sid;
  std::string account_id;  // twelve digits, for ARNs
  /// The same in every attempt of a client to do this once (`amz-sdk-invocation-id`); empty when
  /// the client does not say. Nobody else's is the same.
  std::string invocation;
  std::string request_id;
  std::string user_agent;

  Input input() const { return Input(members); }
};

using Answer = std::expected<base::json::object, Failure>;

/// A service, as its model names it.
struct ServiceName {
  std::string scope;               // in signatures: "monitoring"
  std::string target = {};         // in JSON and CBOR: "GraniteServiceVersion20100801"
  std::string xml_namespace = {};  // of the query protocol
  Failure throttled = {400, "Throttling", "Rate exceeded", "ThrottlingException"};
};

/// A request whose signature is right, for a service that answers whole requests.
struct SignedRequest {
  http::Request request;
  identity::sigv4::Claim claim;
  std::string secret;   // of the access key: chunks of the body are signed with it too
  std::string payload;  // what the signature says of the body; nobody has compared it yet
  std::string account_sid;
  std::string request_id;
};

/// A service that has more than operations with members: it reads requests and writes answers, and
/// errors, itself.
struct WholeService {
  ServiceName name;
  std::vector<std::string> operations;  // their names, for the documentation
  std::size_t max_body = 1 << 20;       // of requests whose signature is right (rule H2)
  std::function<base::Task<http::Response>(SignedRequest)> answer;
  std::function<http::Response(const Failure&, const http::Request&, const std::string& request_id)>
      refuse;
};

/// AWS's services on the one port: finds out by the signature who asks which service for what
/// (rule T2), in any of AWS's protocols; limits the rate (100/s, burst 200 per access key), gives
/// request ids and words errors as the protocol and the service's model do. A service adds itself
/// by its name and its operations; nothing here knows any of them.
///
/// One thread; outlives the router's requests.
class Door {
 public:
  struct Keyholder {
    std::string secret;
    std::string account_sid;
  };
  /// Whose access key that is; nothing for nobody's.
  using FindKey = std::function<std::optional<Keyholder>(const std::string& access_key_id)>;
  using Handler = std::function<base::Task<Answer>(Call)>;

  Door(base::Loop& loop, base::Random& random, FindKey find_key);

  /// From now on the router gives what is meant for AWS to this.
  void add_to(http::Router& router);

  void add(ServiceName name);
  void add(WholeService service);
  /// Of a service that names its operations in the request.
  void operation(std::string_view scope, std::string name, Handler handler);
  /// Of a service with paths: "POST /things/{ThingId}?operation=associate"; query parameters of the
  /// template must be there as they are. @param status of success; 204 has no body
  void route(
      std::string_view scope, std::string_view method_and_path, std::string name, int status,
      Handler handler
  );

  template <class Service>
  using Member = base::Task<Answer> (Service::*)(Call);
  template <class Service>
  static Handler bind(Service* service, Member<Service> member) {
    return [service, member](Call call) { return (service->*member)(std::move(call)); };
  }

  /// "sns Publish", in order; for the documentation.
  std::vector<std::string> operations() const;

  /// Whether a request is meant for this: it is signed, presigned or names a target.
  static bool is_meant(const http::Request& request);

 private:
  struct Operation {
    std::string name;
    Handler handler;
    // With a path:
    std::string method;
    std::vector<std::string> segments;
    std::vector<std::pair<std::string, std::string>> query;
    int status = 200;
  };
  struct Service {
    ServiceName name;
    std::vector<Operation> operations;
  };
  struct Visit {
    const http::Request& request;
    Asked asked;
    Rendering rendering;
    Call call;
    const Service* service = nullptr;
    const Operation* operation = nullptr;
  };

  base::Task<http::Response> answer(http::Request request);
  base::Task<http::Response> answer_whole(const WholeService& service, http::Request request);
  std::expected<SignedRequest, Failure> admit(http::Request& request) const;
  const WholeService* whole_service_of(const http::Request& request) const;
  std::size_t max_body(const http::Request& request) const;
  http::Response error(int status, const http::Request& request, std::string_view reason);
  std::optional<Failure> authenticate(Visit& visit);
  std::optional<Failure> choose_service(Visit& visit, const std::string& scope);
  std::optional<Failure> read(Visit& visit);
  std::optional<Failure> read_rest(Visit& visit);
  static std::optional<Failure> unknown_operation(const Visit& visit);
  static bool matches(const Operation& operation, Visit& visit);

  base::Loop& loop_;
  base::Random& random_;
  FindKey find_key_;
  base::KeyedBuckets buckets_;
  std::map<std::string, Service, std::less<>> services_;     // by scope
  std::map<std::string, WholeService, std::less<>> wholes_;  // by scope
};

/// Twelve digits that belong to an account of ours.
std::string account_id_of(std::string_view account_sid);

/// The request as signatures see it.
identity::sigv4::Request signed_part(const http::Request& request);
/// A query's names and values, decoded, in order.
std::vector<std::pair<std::string, std::string>> read_query(std::string_view query);

}  // namespace belfry::compat::aws
