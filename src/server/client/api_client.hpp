#pragma once
#include <memory>
#include <optional>
#include <string>

#include "base/json.hpp"
#include "base/loop.hpp"
#include "http/client.hpp"
#include "net/driver.hpp"
#include "net/egress_policy.hpp"
#include "net/url.hpp"

namespace belfry::server {

/// Asks a running Belfry on behalf of a command, with the credentials of BELFRY_CREDENTIALS
/// (`SID:secret`) if there are any. Blocks until the answer is there, 15 s at most.
/// One thread; has a loop of its own.
class ApiClient {
 public:
  /// @param server "http://127.0.0.1:8080". @return Errc::invalid_argument when it is no URL of a
  /// server.
  static base::Result<std::unique_ptr<ApiClient>> create(const std::string& server);

  /// The JSON of an answer of class 2xx; null when there is none.
  /// @return Errc::unavailable with advice when no server answers; else what the server says is
  /// wrong, one line per complaint.
  base::Result<base::json::value> get(const std::string& path);
  base::Result<base::json::value> post(const std::string& path, const base::json::value& body);
  base::Result<base::json::value> put(const std::string& path, const base::json::value& body);
  base::Result<base::json::value> remove(const std::string& path);

  /// Lets time pass between two questions.
  void pause(base::Duration time);
  base::Instant now() const { return loop_.now(); }

 private:
  ApiClient(net::Url server, net::EgressPolicy policy);
  base::Result<base::json::value> ask(
      std::string method, const std::string& path, std::optional<std::string> body
  );

  net::Url server_;
  base::SystemClock clock_;
  base::Loop loop_{clock_};
  net::Driver driver_{loop_};
  net::EgressPolicy policy_;
  std::unique_ptr<http::Client> client_;
};

/// What the answer of a server means to a command. Pure.
base::Result<base::json::value> read_answer(const http::ClientResponse& answer);

}  // namespace belfry::server
