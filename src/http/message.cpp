#include "http/message.hpp"

#include "base/text.hpp"

namespace belfry::http {
namespace {

Response with_type(int status, std::string body, std::string type) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", std::move(type));
  response.body = std::move(body);
  return response;
}

}  // namespace

std::string Request::host_name() const {
  const std::string_view host = headers.get("Host").value_or("");
  const auto bracket = host.rfind(']');
  const auto colon = host.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  return base::to_lower(has_port ? host.substr(0, colon) : host);
}

std::string Request::url() const {
  return std::string(secure ? "https://" : "http://") +
         std::string(headers.get("Host").value_or("localhost")) + target;
}

const std::string& Request::param(const std::string& name) const {
  static const std::string none;
  const auto found = params.find(name);
  return found == params.end() ? none : found->second;
}

std::string Request::content_type() const {
  const std::string_view type = headers.get("Content-Type").value_or("");
  return base::to_lower(base::trim(type.substr(0, type.find(';'))));
}

Request Request::make(std::string method, std::string target, std::string body) {
  Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  const auto question = request.target.find('?');
  request.path = request.target.substr(0, question);
  if (question != std::string::npos) request.query = request.target.substr(question + 1);
  request.body = std::move(body);
  return request;
}

std::string_view status_phrase(int status) {
  static const std::map<int, std::string_view> phrases{
      {100, "Continue"},
      {101, "Switching Protocols"},
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {206, "Partial Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {402, "Payment Required"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {411, "Length Required"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {416, "Range Not Satisfiable"},
      {417, "Expectation Failed"},
      {422, "Unprocessable Content"},
      {426, "Upgrade Required"},
      {428, "Precondition Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"},
  };
  const auto found = phrases.find(status);
  return found == phrases.end() ? "Status" : found->second;
}

Response empty(int status) {
  Response response;
  response.status = status;
  return response;
}
Response text(int status, std::string body) {
  return with_type(status, std::move(body), "text/plain; charset=utf-8");
}
Response html(int status, std::string body) {
  return with_type(status, std::move(body), "text/html; charset=utf-8");
}
Response xml(int status, std::string body) {
  return with_type(status, std::move(body), "application/xml; charset=utf-8");
}
Response json(int status, const base::json::value& body) {
  return with_type(status, base::json::serialize(body), "application/json");
}

Response problem(int status, std::string_view detail, std::string_view code) {
  base::json::object body;
  body["type"] = "about:blank";
  body["title"] = status_phrase(status);
  body["status"] = status;
  if (!detail.empty()) body["detail"] = detail;
  if (!code.empty()) body["code"] = code;
  return with_type(status, base::json::serialize(body), "application/problem+json");
}

Response redirect(int status, std::string location) {
  Response response = empty(status);
  response.headers.add("Location", std::move(location));
  return response;
}

}  // namespace belfry::http
