#include "http/curl_multi.hpp"

#include <boost/asio/io_context.hpp>

namespace belfry::http {

using boost::asio::posix::descriptor_base;

CurlMulti::Watch::Watch(net::Driver& driver, int socket) : descriptor(driver.context(), socket) {}
CurlMulti::Watch::~Watch() {
  descriptor.release();  // curl closes its own sockets
}

CurlMulti::CurlMulti(net::Driver& driver, long connections, long connections_per_host)
    : driver_(driver) {
  static const CURLcode library = curl_global_init(CURL_GLOBAL_DEFAULT);
  multi_ = library == CURLE_OK ? curl_multi_init() : nullptr;
  if (multi_ == nullptr) throw std::bad_alloc();
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlMulti::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlMulti::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
  curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, connections_per_host);
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
}

CurlMulti::~CurlMulti() {
  for (const auto& [easy, done] : transfers_) curl_multi_remove_handle(multi_, easy);
  curl_multi_cleanup(multi_);
  if (timer_ != 0) driver_.loop().cancel(timer_);
}

void CurlMulti::add(CURL* easy, Done done) {
  transfers_.emplace(easy, std::move(done));
  curl_multi_add_handle(multi_, easy);
}

void CurlMulti::remove(CURL* easy) {
  transfers_.erase(easy);
  curl_multi_remove_handle(multi_, easy);
}

int CurlMulti::on_socket(CURL*, curl_socket_t socket, int what, void* user, void*) {
  auto& self = *static_cast<CurlMulti*>(user);
  if (what == CURL_POLL_REMOVE) {
    // Let go of at once: whoever processes this socket holds its watch a moment longer, and curl
    // may ask for the same socket again before that moment is over.
    if (const auto found = self.watches_.find(socket); found != self.watches_.end()) {
      found->second->descriptor.release();
      self.watches_.erase(found);
    }
    return 0;
  }
  auto& watch = self.watches_[socket];
  if (!watch) watch = std::make_shared<Watch>(self.driver_, socket);
  watch->wanted = what;
  self.wait(socket, watch);
  return 0;
}

void CurlMulti::wait(int socket, const std::shared_ptr<Watch>& watch) {
  if ((watch->wanted & CURL_POLL_IN) != 0 && !watch->reading) {
    watch->reading = true;
    watch->descriptor.async_wait(
        descriptor_base::wait_read,
        [this, socket, weak = std::weak_ptr(watch)](const boost::system::error_code& error) {
          const auto alive = weak.lock();
          if (!alive || error) return;
          alive->reading = false;
          if ((alive->wanted & CURL_POLL_IN) != 0) process(socket, CURL_CSELECT_IN);
        }
    );
  }
  if ((watch->wanted & CURL_POLL_OUT) != 0 && !watch->writing) {
    watch->writing = true;
    watch->descriptor.async_wait(
        descriptor_base::wait_write,
        [this, socket, weak = std::weak_ptr(watch)](const boost::system::error_code& error) {
          const auto alive = weak.lock();
          if (!alive || error) return;
          alive->writing = false;
          if ((alive->wanted & CURL_POLL_OUT) != 0) process(socket, CURL_CSELECT_OUT);
        }
    );
  }
}

void CurlMulti::process(int socket, int ready) {
  int running = 0;
  curl_multi_socket_action(multi_, socket, ready, &running);
  // Curl speaks up only when its wish changes, so the same wish is waited for again here.
  if (const auto found = watches_.find(socket); found != watches_.end())
    wait(socket, std::shared_ptr(found->second));
  collect();
}

int CurlMulti::on_timer(CURLM*, long timeout_ms, void* user) {
  auto& self = *static_cast<CurlMulti*>(user);
  base::Loop& loop = self.driver_.loop();
  if (self.timer_ != 0) loop.cancel(std::exchange(self.timer_, 0));
  if (timeout_ms < 0) return 0;
  self.timer_ = loop.call_after(std::chrono::milliseconds(timeout_ms), [&self] {
    self.timer_ = 0;
    int running = 0;
    curl_multi_socket_action(self.multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    self.collect();
  });
  return 0;
}

void CurlMulti::collect() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode result = message->data.result;
    const auto found = transfers_.find(message->easy_handle);
    if (found != transfers_.end()) found->second(result);
  }
}

}  // namespace belfry::http
