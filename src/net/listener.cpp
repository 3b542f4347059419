#include "net/listener.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>

#include "base/log.hpp"
#include "net/backends.hpp"
#include "net/endpoint.hpp"

namespace belfry::net {

using asio::ip::tcp;
using boost::system::error_code;

struct Listener::State : std::enable_shared_from_this<State> {
  State(Driver& on, const TlsContext* with_tls, Accept on_accept)
      : driver(on), tls(with_tls), accept(std::move(on_accept)), acceptor(on.context()) {}

  void wait() {
    acceptor.async_accept([self = shared_from_this()](const error_code& error, tcp::socket socket) {
      if (!self->acceptor.is_open()) return;
      if (!error) {
        self->take(std::move(socket));
      } else if (error == asio::error::no_descriptors || error == asio::error::no_memory) {
        self->pause();
        return;
      }
      if (self->acceptor.is_open()) self->wait();
    });
  }
  void take(tcp::socket socket) {
    error_code error;
    const auto remote = socket.remote_endpoint(error);
    if (error) return;  // gone already
    const Address from = from_endpoint(remote);
    const Address here = from_endpoint(socket.local_endpoint(error));
    socket.set_option(tcp::no_delay(true), error);
    auto backend = tls != nullptr ? make_tls_server_backend(std::move(socket), *tls)
                                  : make_tcp_backend(std::move(socket));
    accept(ByteStream(driver, AnyStream(std::move(backend)), here, from, tls != nullptr));
  }
  void pause() {
    base::log::warning("listener.out_of_descriptors", {{"address", local.to_string()}});
    driver.loop().call_after(std::chrono::milliseconds(100), [weak = weak_from_this()] {
      if (auto self = weak.lock(); self && self->acceptor.is_open()) self->wait();
    });
  }

  Driver& driver;
  const TlsContext* tls;
  Accept accept;
  tcp::acceptor acceptor;
  Address local;
};

Listener::Listener(std::shared_ptr<State> state) : state_(std::move(state)) {}
Listener::Listener(Listener&&) noexcept = default;
Listener& Listener::operator=(Listener&& other) noexcept {
  close();
  state_ = std::move(other.state_);
  return *this;
}
Listener::~Listener() {
  close();
}

void Listener::close() {
  error_code ignored;
  if (state_) state_->acceptor.close(ignored);
}

const Address& Listener::local() const {
  return state_->local;
}

base::Result<Listener> Listener::open(
    Driver& driver, const Address& local, const TlsContext* tls, Accept accept
) {
  auto state = std::make_shared<State>(driver, tls, std::move(accept));
  const auto endpoint = to_endpoint<tcp::endpoint>(local);
  error_code error;
  state->acceptor.open(endpoint.protocol(), error);
  if (!error) state->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && local.ip.is_v6()) state->acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error) state->acceptor.bind(endpoint, error);
  if (!error) state->acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return base::fail(to_error(error, "cannot listen on tcp " + local.to_string()));
  state->local = from_endpoint(state->acceptor.local_endpoint());
  state->wait();
  return Listener(std::move(state));
}

}  // namespace belfry::net
