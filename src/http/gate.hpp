#pragma once
#include <string>
#include <vector>

#include "base/random.hpp"
#include "http/router.hpp"

namespace belfry::http {

/// What stands between the wire and the router: who may ask from where (rules H4, H5), and the
/// headers that every answer carries. Needs no socket. One thread.
class Gate {
 public:
  struct Settings {
    /// Names by which a listener on loopback may be asked, besides localhost, 127.0.0.1 and [::1]:
    /// a page on another site cannot point its own name at us (DNS rebinding).
    std::vector<std::string> host_names;
    bool check_host_on_loopback = true;
    /// `https://app.example`: pages of these origins may read and change things. `*`: any may,
    /// without cookies.
    std::vector<std::string> origins;
    /// Paths that change nothing: pages of any origin may post to them. They say so themselves.
    std::vector<std::string> open_paths;
    std::string content_security_policy =
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
        "style-src 'self' 'unsafe-inline'; font-src 'self' data:; connect-src 'self'; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
  };
  Gate(Router& router, base::Random& random, Settings settings);

  /// Dispatches what may pass; else 403 in the words of the face.
  base::Task<Response> answer(Request request);
  /// The headers of an answer that never saw a handler (400, 413, 503).
  void dress(const Request& request, Response& response) const;
  /// The caller's X-Request-Id if it is harmless, else a new one.
  std::string request_id(const Request& request);
  Router& router() { return router_; }
  base::Random& random() { return random_; }

 private:
  bool host_is_ours(const Request& request) const;
  bool is_open(std::string_view path) const;
  bool origin_is_listed(std::string_view origin) const;
  static bool is_same_origin(const Request& request, std::string_view origin);
  void allow_origin(std::string_view origin, Response& response) const;
  static Response preflight(const Request& request);

  Router& router_;
  base::Random& random_;
  Settings settings_;
};

}  // namespace belfry::http
