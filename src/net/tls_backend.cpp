#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>

#include "base/handle.hpp"
#include "net/address.hpp"
#include "net/backends.hpp"

namespace belfry::net {
namespace {

using asio::ip::tcp;
using boost::system::error_code;
using SslPtr = base::Handle<SSL, SSL_free>;

tcp::socket& socket_of(BIO* bio) {
  return *static_cast<tcp::socket*>(BIO_get_data(bio));
}

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

int bio_write(BIO* bio, const char* from, int size) {
  BIO_clear_retry_flags(bio);
  const auto sent =
      ::send(socket_of(bio).native_handle(), from, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (sent < 0 && would_block()) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

int bio_read(BIO* bio, char* into, int size) {
  BIO_clear_retry_flags(bio);
  const auto read = ::recv(socket_of(bio).native_handle(), into, static_cast<std::size_t>(size), 0);
  if (read < 0 && would_block()) BIO_set_retry_read(bio);
  return static_cast<int>(read);
}

long bio_control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

/// OpenSSL's own socket BIO, but without SIGPIPE. Lives as long as the program.
BIO_METHOD* socket_bio() {
  static BIO_METHOD* method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "belfry socket");
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  return method;
}

/// OpenSSL straight on the socket: an idle connection holds no buffer but the session itself, a
/// quarter of what `asio::ssl::stream` keeps.
class TlsBackend final : public StreamBackend {
 public:
  TlsBackend(tcp::socket socket, const TlsContext& tls)
      : socket_(std::move(socket)), ssl_(SSL_new(tls.context().native_handle())) {
    error_code ignored;
    socket_.native_non_blocking(true, ignored);
    BIO* bio = BIO_new(socket_bio());
    BIO_set_data(bio, &socket_);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_mode(
        ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                        SSL_MODE_RELEASE_BUFFERS
    );
  }

  void accept() { SSL_set_accept_state(ssl_.get()); }
  void connect(const std::string& host) {
    SSL_set_connect_state(ssl_.get());
    // SNI holds names, no addresses (RFC 6066 section 3).
    if (IpAddress::parse(host)) {
      X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), host.c_str());
    } else {
      SSL_set_tlsext_host_name(ssl_.get(), host.c_str());
      SSL_set_hostflags(ssl_.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
      SSL_set1_host(ssl_.get(), host.c_str());
    }
  }

  asio::any_io_executor executor() override { return socket_.get_executor(); }
  void handshake(Completion done) override {
    run([this] { return SSL_do_handshake(ssl_.get()); }, std::move(done), false);
  }
  void read_some(asio::mutable_buffer into, Completion done) override {
    run([this, into] { return SSL_read(ssl_.get(), into.data(), bytes_of(into)); }, std::move(done),
        true);
  }
  void write_some(std::span<const asio::const_buffer> from, Completion done) override {
    asio::const_buffer first;
    for (const asio::const_buffer& buffer : from)
      if (first.size() == 0) first = buffer;
    if (first.size() == 0) return complete({}, 0, std::move(done));
    run([this, first] { return SSL_write(ssl_.get(), first.data(), bytes_of(first)); },
        std::move(done), true);
  }
  void finish(Completion done) override {
    // Said is enough: whoever wants to hear the peer's goodbye reads on.
    const auto say_goodbye = [this] {
      const int said = SSL_shutdown(ssl_.get());
      return said < 0 ? said : 1;
    };
    run(say_goodbye, std::move(done), false);
  }
  void close() override {
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  template <class Buffer>
  static int bytes_of(const Buffer& buffer) {
    constexpr std::size_t most = 1 << 30;
    return static_cast<int>(std::min(buffer.size(), most));
  }

  /// Takes a step of OpenSSL's, again whenever the socket is ready for what it wants.
  template <class Step>
  void run(Step step, Completion done, bool counts_bytes) {
    ERR_clear_error();
    errno = 0;
    const int result = step();
    if (result > 0)
      return complete({}, counts_bytes ? static_cast<std::size_t>(result) : 0, std::move(done));
    const int why = SSL_get_error(ssl_.get(), result);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
      return complete(to_error(why), 0, std::move(done));
    const auto event =
        why == SSL_ERROR_WANT_READ ? tcp::socket::wait_read : tcp::socket::wait_write;
    socket_.async_wait(
        event,
        [this, step, counts_bytes, done = std::move(done)](const error_code& error) mutable {
          if (error) return std::move(done)(error, 0);
          run(step, std::move(done), counts_bytes);
        }
    );
  }

  static error_code to_error(int why) {
    if (why == SSL_ERROR_ZERO_RETURN) return asio::error::eof;
    if (why == SSL_ERROR_SSL)
      return {static_cast<int>(ERR_get_error()), asio::error::get_ssl_category()};
    if (errno != 0) return {errno, boost::system::system_category()};
    return asio::ssl::error::stream_truncated;
  }

  /// Never inside the call that began it.
  void complete(error_code error, std::size_t size, Completion done) {
    asio::post(socket_.get_executor(), [error, size, done = std::move(done)]() mutable {
      std::move(done)(error, size);
    });
  }

  tcp::socket socket_;
  SslPtr ssl_;
};

}  // namespace

std::unique_ptr<StreamBackend> make_tls_server_backend(tcp::socket socket, const TlsContext& tls) {
  auto backend = std::make_unique<TlsBackend>(std::move(socket), tls);
  backend->accept();
  return backend;
}

std::unique_ptr<StreamBackend> make_tls_client_backend(
    tcp::socket socket, const TlsContext& tls, const std::string& host
) {
  auto backend = std::make_unique<TlsBackend>(std::move(socket), tls);
  backend->connect(host);
  return backend;
}

}  // namespace belfry::net
