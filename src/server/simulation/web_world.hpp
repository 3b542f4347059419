#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "http/client.hpp"

namespace belfry::server::simulation {

/// What a scripted web server does with one request.
struct WebAnswer {
  enum class Fault {
    none,
    refused,  // nobody listens
    reset,    // the connection breaks in the middle of the answer
    hang      // it never answers
  };
  int status = 200;
  std::string content_type = "text/xml";
  std::string body;
  std::string location;  // of a 3xx
  std::string set_cookie = {};
  std::size_t endless_to = 0;  // the body goes on to this size; only its length is simulated
  base::Duration delay{0};     // until the answer
  Fault fault = Fault::none;
};

/// The other people's web servers, by origin (`http://shop.test`). They outlive a crash of the
/// server under test. One thread.
class WebWorld {
 public:
  using Handler = std::function<WebAnswer(const http::ClientRequest&)>;
  struct Received {
    base::WallTime at;
    http::ClientRequest request;
  };

  void serve(std::string origin, Handler handler) {
    servers_[std::move(origin)] = std::move(handler);
  }
  /// Everything that an origin has been asked, in order.
  const std::vector<Received>& received(const std::string& origin) { return received_[origin]; }
  /// How a server of this process reaches this world. It may be destroyed with requests under way.
  std::unique_ptr<http::Client> connect(base::Loop& loop);

 private:
  class Connection;
  WebAnswer ask(const http::ClientRequest& request, base::WallTime now);

  std::map<std::string, Handler> servers_;
  std::map<std::string, std::vector<Received>> received_;
};

}  // namespace belfry::server::simulation
