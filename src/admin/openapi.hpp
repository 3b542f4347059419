#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "http/router.hpp"

namespace belfry::admin {

/// `GET /openapi.json`: the description of every route (OpenAPI 3.1), part of the program. Control
/// thread; outlives the router's requests.
class OpenApi {
 public:
  /// @param version of the program, as `info.version`.
  explicit OpenApi(std::string_view version);

  void add_to(http::Router& router);
  /// As it is served.
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::string etag_;
};

/// Every route that the description has, so that a test can compare them with the router's.
std::vector<http::Router::RouteName> described_routes();

}  // namespace belfry::admin
