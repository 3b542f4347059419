#include "admin/openapi.hpp"

#include <cassert>

#include "base/encoding.hpp"
#include "base/text.hpp"

// src/admin/openapi.json, by openapi_bytes.S.
extern "C" {
extern const char belfry_openapi[];
extern const char belfry_openapi_end[];
}

namespace belfry::admin {
namespace {

constexpr std::array<std::string_view, 5> methods = {"get", "put", "post", "delete", "patch"};

/// The tests have read it, so it does parse.
base::json::object read_description() {
  auto document = base::json::parse({belfry_openapi, belfry_openapi_end});
  assert(document && document->is_object());
  return std::move(document->as_object());
}

std::string to_upper(std::string_view word) {
  std::string upper(word);
  for (char& letter : upper) letter = static_cast<char>(letter - 'a' + 'A');
  return upper;
}

}  // namespace

OpenApi::OpenApi(std::string_view version) {
  base::json::object document = read_description();
  document["info"].as_object()["version"] = version;
  text_ = base::json::serialize(document);
  etag_ = '"' + base::sha256_hex(text_).substr(0, 20) + '"';
}

void OpenApi::add_to(http::Router& router) {
  router.add("GET /openapi.json", http::immediate([this](const http::Request& request) {
               const bool known = request.headers.get("If-None-Match") == etag_;
               http::Response response = http::empty(known ? 304 : 200);
               response.headers.add("ETag", etag_);
               response.headers.add("Cache-Control", "no-cache");
               if (known) return response;
               response.headers.add("Content-Type", "application/json");
               response.body = text_;
               return response;
             }));
}

std::vector<http::Router::RouteName> described_routes() {
  std::vector<http::Router::RouteName> routes;
  const base::json::object document = read_description();
  for (const auto& path : document.at("paths").as_object()) {
    for (const std::string_view method : methods) {
      if (path.value().as_object().contains(method))
        routes.push_back({to_upper(method), std::string(path.key())});
    }
  }
  return routes;
}

}  // namespace belfry::admin
