#include "net/udp_socket.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

#include "net/endpoint.hpp"

namespace belfry::net {

namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;

struct UdpSocket::State : std::enable_shared_from_this<State> {
  State(asio::io_context& context, Receive on_receive)
      : socket(context), receive(std::move(on_receive)) {}

  void wait() {
    socket.async_wait(udp::socket::wait_read, [self = shared_from_this()](const error_code& error) {
      if (error || self->closed) return;
      self->drain();
      if (!self->closed) self->wait();
    });
  }
  void drain() {
    constexpr int datagrams_per_turn = 64;
    for (int i = 0; i < datagrams_per_turn && !closed; ++i) {
      udp::endpoint from;
      error_code error;
      const std::size_t size = socket.receive_from(asio::buffer(buffer), from, 0, error);
      if (error == asio::error::would_block) return;
      // An ICMP error of an earlier send arrives here; it says nothing about the next datagram.
      if (error) continue;
      receive(from_endpoint(from), std::span(buffer).first(size));
    }
  }

  udp::socket socket;
  Receive receive;
  Address local;
  bool closed = false;
  std::vector<std::byte> buffer = std::vector<std::byte>(65536);
};

UdpSocket::UdpSocket(std::shared_ptr<State> state) : state_(std::move(state)) {}
UdpSocket::UdpSocket(UdpSocket&&) noexcept = default;
UdpSocket& UdpSocket::operator=(UdpSocket&& other) noexcept {
  close();
  state_ = std::move(other.state_);
  return *this;
}
UdpSocket::~UdpSocket() {
  close();
}

void UdpSocket::close() {
  if (!state_) return;
  state_->closed = true;
  error_code ignored;
  state_->socket.close(ignored);
  state_.reset();
}

base::Result<UdpSocket> UdpSocket::bind(Driver& driver, const Address& local, Receive receive) {
  auto state = std::make_shared<State>(driver.context(), std::move(receive));
  const auto endpoint = to_endpoint<udp::endpoint>(local);
  error_code error;
  state->socket.open(endpoint.protocol(), error);
  if (!error) state->socket.non_blocking(true, error);
  if (!error) state->socket.bind(endpoint, error);
  if (error) return base::fail(to_error(error, "cannot listen on udp " + local.to_string()));
  // Wanted, not needed: the kernel caps it at net.core.rmem_max.
  error_code ignored;
  state->socket.set_option(asio::socket_base::receive_buffer_size(4 << 20), ignored);
  state->local = from_endpoint(state->socket.local_endpoint());
  state->wait();
  return UdpSocket(std::move(state));
}

base::Result<void> UdpSocket::send(const Address& to, std::span<const std::byte> datagram) {
  error_code error;
  state_->socket.send_to(
      asio::buffer(datagram.data(), datagram.size()), to_endpoint<udp::endpoint>(to), 0, error
  );
  // The ICMP answer to an earlier datagram is reported once in place of sending: try again.
  if (error == asio::error::connection_refused)
    state_->socket.send_to(
        asio::buffer(datagram.data(), datagram.size()), to_endpoint<udp::endpoint>(to), 0, error
    );
  if (error == asio::error::would_block || error == asio::error::no_buffer_space)
    return base::fail(base::Errc::unavailable, "udp send queue is full");
  if (error) return base::fail(to_error(error, "udp send to " + to.to_string()));
  return {};
}

const Address& UdpSocket::local() const {
  return state_->local;
}

}  // namespace belfry::net
