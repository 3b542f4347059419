#pragma once
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "compat/aws/failure.hpp"
#include "http/message.hpp"

/// AWS's wire protocols: how an operation's input comes, and how its output and errors go. Pure.
namespace belfry::compat::aws {

enum class Protocol {
  query,      // a form with `Action`, answered in XML
  json,       // JSON 1.0 and 1.1: `X-Amz-Target`
  cbor,       // Smithy RPC v2
  rest_json,  // a path; the body is JSON
};

/// What the head of a request says about who is asked for what.
struct Asked {
  Protocol protocol = Protocol::rest_json;
  std::string
      target;  // of json and cbor: the service's name there, "GraniteServiceVersion20100801"
  std::string operation;  // of json and cbor; a query names it in the body
};
Asked read_asked(const http::Request& request);

/// The members of the body. Errc::malformed, Errc::too_large.
base::Result<base::json::object> read_body(Protocol protocol, std::string_view body);

/// What an answer is written for.
struct Rendering {
  Protocol protocol = Protocol::rest_json;
  std::string operation;
  std::string xml_namespace;
  std::string request_id;
  std::string content_type;       // of the request: JSON 1.0 or 1.1
  bool query_compatible = false;  // the client wants the query protocol's error codes too
};
/// @param status of REST; 204 has no body
http::Response render(const Rendering& rendering, int status, const base::json::object& output);
http::Response render(const Rendering& rendering, const Failure& failure);

}  // namespace belfry::compat::aws
