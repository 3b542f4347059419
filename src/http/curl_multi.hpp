#pragma once
#include <curl/curl.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <map>
#include <memory>

#include "net/driver.hpp"

namespace belfry::http {

/// libcurl's transfers on the control thread: its sockets become descriptors of Asio, its timeout
/// one timer of the loop. For `curl_client.cpp` only.
class CurlMulti {
 public:
  using Done = std::function<void(CURLcode)>;

  CurlMulti(net::Driver& driver, long connections, long connections_per_host);
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;
  ~CurlMulti();

  /// `done` is called once, later, unless `remove` comes first.
  void add(CURL* easy, Done done);
  /// Cancels what has not ended. Not from inside a callback of curl.
  void remove(CURL* easy);

 private:
  struct Watch {
    Watch(net::Driver& driver, int socket);
    ~Watch();
    boost::asio::posix::stream_descriptor descriptor;
    int wanted = 0;
    bool reading = false;
    bool writing = false;
  };
  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* user, void* watch);
  static int on_timer(CURLM* multi, long timeout_ms, void* user);
  void wait(int socket, const std::shared_ptr<Watch>& watch);
  void process(int socket, int ready);
  void collect();

  net::Driver& driver_;
  CURLM* multi_;
  base::TimerId timer_ = 0;
  // Shared only for the moment of a callback, which may remove the watch that called it.
  std::map<int, std::shared_ptr<Watch>> watches_;
  std::map<CURL*, Done> transfers_;
};

}  // namespace belfry::http
