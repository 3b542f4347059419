#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "net/address.hpp"
#include "net/backends.hpp"

namespace belfry::net {
namespace {

using boost::system::error_code;
namespace ssl = asio::ssl;

class TlsBackend final : public StreamBackend {
 public:
  TlsBackend(
      asio::ip::tcp::socket socket, const TlsContext& tls, ssl::stream_base::handshake_type role
  )
      : stream_(std::move(socket), tls.context()), role_(role) {}

  /// Before the handshake of a client.
  void expect_host(const std::string& host) {
    // SNI holds names, no addresses (RFC 6066 section 3).
    if (!IpAddress::parse(host)) SSL_set_tlsext_host_name(stream_.native_handle(), host.c_str());
    stream_.set_verify_callback(ssl::host_name_verification(host));
  }

  asio::any_io_executor executor() override { return stream_.get_executor(); }
  void handshake(Completion done) override {
    stream_.async_handshake(role_, [done = std::move(done)](const error_code& error) mutable {
      std::move(done)(error, 0);
    });
  }
  void read_some(asio::mutable_buffer into, Completion done) override {
    stream_.async_read_some(into, std::move(done));
  }
  void write_some(std::span<const asio::const_buffer> from, Completion done) override {
    stream_.async_write_some(BufferList(from), std::move(done));
  }
  void finish(Completion done) override {
    stream_.async_shutdown([done = std::move(done)](const error_code& error) mutable {
      std::move(done)(error, 0);
    });
  }
  void close() override {
    error_code ignored;
    stream_.next_layer().close(ignored);
  }

 private:
  ssl::stream<asio::ip::tcp::socket> stream_;
  ssl::stream_base::handshake_type role_;
};

}  // namespace

std::unique_ptr<StreamBackend> make_tls_server_backend(
    asio::ip::tcp::socket socket, const TlsContext& tls
) {
  return std::make_unique<TlsBackend>(std::move(socket), tls, ssl::stream_base::server);
}

std::unique_ptr<StreamBackend> make_tls_client_backend(
    asio::ip::tcp::socket socket, const TlsContext& tls, const std::string& host
) {
  auto backend = std::make_unique<TlsBackend>(std::move(socket), tls, ssl::stream_base::client);
  backend->expect_host(host);
  return backend;
}

}  // namespace belfry::net
