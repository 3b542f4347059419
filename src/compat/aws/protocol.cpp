#include "compat/aws/protocol.hpp"

#include "base/text.hpp"
#include "compat/aws/cbor.hpp"
#include "compat/aws/output.hpp"
#include "compat/aws/query_body.hpp"
#include "compat/aws/xml.hpp"

namespace belfry::compat::aws {
namespace {

constexpr std::string_view rpc_prefix = "/service/";
constexpr std::string_view rpc_middle = "/operation/";

/// Times as JSON 1.x (numbers) and REST (texts) have them; maps are objects.
base::json::value plain(const base::json::value& value, bool times_are_numbers) {
  if (const std::int64_t* micros = time_in(value)) {
    if (!times_are_numbers)
      return base::json::value(base::to_rfc3339(base::from_unix_micros(*micros)));
    if (*micros % 1'000'000 == 0) return base::json::value(*micros / 1'000'000);
    return base::json::value(static_cast<double>(*micros) / 1e6);
  }
  if (const base::json::value* entries = map_in(value)) return plain(*entries, times_are_numbers);
  if (value.is_array()) {
    base::json::array items;
    for (const base::json::value& each : value.get_array())
      items.push_back(plain(each, times_are_numbers));
    return items;
  }
  if (!value.is_object()) return value;
  base::json::object members;
  for (const auto& member : value.get_object())
    members[member.key()] = plain(member.value(), times_are_numbers);
  return members;
}

std::string envelope(const Rendering& rendering, const base::json::object& output) {
  const std::string& name = rendering.operation;
  return "<" + name + "Response xmlns=\"" + rendering.xml_namespace + "\"><" + name + "Result>" +
         to_xml(output) + "</" + name + "Result><ResponseMetadata><RequestId>" +
         rendering.request_id + "</RequestId></ResponseMetadata></" + name + "Response>";
}

std::string envelope(const Rendering& rendering, const Failure& failure) {
  const std::string space =
      rendering.xml_namespace.empty() ? "" : " xmlns=\"" + rendering.xml_namespace + "\"";
  return "<ErrorResponse" + space + "><Error><Type>" +
         (failure.status < 500 ? "Sender" : "Receiver") + "</Type><Code>" +
         base::escape_xml(failure.code) + "</Code><Message>" + base::escape_xml(failure.message) +
         "</Message></Error><RequestId>" + rendering.request_id + "</RequestId></ErrorResponse>";
}

http::Response with_body(int status, std::string content_type, std::string body) {
  http::Response response;
  response.status = status;
  response.headers.set("Content-Type", std::move(content_type));
  response.body = std::move(body);
  return response;
}

std::string json_type(const Rendering& rendering) {
  return rendering.content_type.starts_with("application/x-amz-json")
             ? rendering.content_type
             : "application/x-amz-json-1.1";
}

http::Response render_cbor(int status, const base::json::object& output) {
  http::Response response = with_body(status, "application/cbor", to_cbor(output));
  response.headers.set("smithy-protocol", "rpc-v2-cbor");
  return response;
}

http::Response render_body(
    const Rendering& rendering, int status, const base::json::object& output
) {
  switch (rendering.protocol) {
    case Protocol::query:
      return with_body(200, "text/xml", envelope(rendering, output));
    case Protocol::json:
      return with_body(200, json_type(rendering), base::json::serialize(plain(output, true)));
    case Protocol::cbor:
      return render_cbor(200, output);
    case Protocol::rest_json:
      if (status == 204) return http::empty(204);
      return with_body(status, "application/json", base::json::serialize(plain(output, false)));
  }
  return http::empty(500);
}

http::Response render_error(const Rendering& rendering, const Failure& failure) {
  const std::string shape = failure.shape_name();
  const base::json::object typed{{"__type", shape}, {"message", failure.message}};
  switch (rendering.protocol) {
    case Protocol::query:
      return with_body(failure.status, "text/xml", envelope(rendering, failure));
    case Protocol::json:
      return with_body(failure.status, json_type(rendering), base::json::serialize(typed));
    case Protocol::cbor:
      return render_cbor(failure.status, typed);
    case Protocol::rest_json:
      return with_body(
          failure.status, "application/json",
          base::json::serialize(
              base::json::object{{"Code", failure.code}, {"Message", failure.message}}
          )
      );
  }
  return http::empty(500);
}

}  // namespace

Asked read_asked(const http::Request& request) {
  if (const auto target = request.headers.get("X-Amz-Target")) {
    const auto dot = target->rfind('.');
    if (dot != std::string_view::npos)
      return {
          Protocol::json, std::string(target->substr(0, dot)), std::string(target->substr(dot + 1))
      };
  }
  const std::string_view path = request.path;
  const auto middle = path.find(rpc_middle);
  if (path.starts_with(rpc_prefix) && middle != std::string_view::npos)
    return {
        Protocol::cbor, std::string(path.substr(rpc_prefix.size(), middle - rpc_prefix.size())),
        std::string(path.substr(middle + rpc_middle.size()))
    };
  const bool form = request.content_type() == "application/x-www-form-urlencoded";
  if (request.method == "POST" && request.path == "/" && form) return {Protocol::query, "", ""};
  return {};
}

base::Result<base::json::object> read_body(Protocol protocol, std::string_view body) {
  if (protocol == Protocol::query) return parse_query_body(body);
  if (body.empty()) return base::json::object();
  BELFRY_TRY(value, protocol == Protocol::cbor ? parse_cbor(body) : base::json::parse(body));
  if (!value.is_object()) return base::fail(base::Errc::malformed, "the body is no object");
  return std::move(value.get_object());
}

http::Response render(const Rendering& rendering, int status, const base::json::object& output) {
  http::Response response = render_body(rendering, status, output);
  response.headers.set("x-amzn-RequestId", rendering.request_id);
  return response;
}

http::Response render(const Rendering& rendering, const Failure& failure) {
  http::Response response = render_error(rendering, failure);
  response.headers.set("x-amzn-RequestId", rendering.request_id);
  if (rendering.protocol != Protocol::query)
    response.headers.set("x-amzn-errortype", failure.shape_name());
  if (rendering.query_compatible)
    response.headers.set(
        "x-amzn-query-error", failure.code + (failure.status < 500 ? ";Sender" : ";Receiver")
    );
  return response;
}

}  // namespace belfry::compat::aws
