#include <boost/asio/post.hpp>

#include "net/backends.hpp"

namespace belfry::net {
namespace {

using boost::system::error_code;

class TcpBackend final : public StreamBackend {
 public:
  explicit TcpBackend(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}

  asio::any_io_executor executor() override { return socket_.get_executor(); }
  void handshake(Completion done) override { complete(error_code{}, std::move(done)); }
  void read_some(asio::mutable_buffer into, Completion done) override {
    socket_.async_read_some(into, std::move(done));
  }
  void write_some(std::span<const asio::const_buffer> from, Completion done) override {
    socket_.async_write_some(BufferList(from), std::move(done));
  }
  void finish(Completion done) override {
    error_code error;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
    complete(error, std::move(done));
  }
  void close() override {
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  void complete(error_code error, Completion done) {
    asio::post(socket_.get_executor(), [error, done = std::move(done)]() mutable {
      std::move(done)(error, 0);
    });
  }

  asio::ip::tcp::socket socket_;
};

}  // namespace

std::unique_ptr<StreamBackend> make_tcp_backend(asio::ip::tcp::socket socket) {
  return std::make_unique<TcpBackend>(std::move(socket));
}

}  // namespace belfry::net
