#include "net/tls_context.hpp"

#include <boost/asio/ssl/context.hpp>

namespace belfry::net {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

TlsContext::TlsContext(std::unique_ptr<ssl::context> context) : context_(std::move(context)) {}
TlsContext::TlsContext(TlsContext&&) noexcept = default;
TlsContext& TlsContext::operator=(TlsContext&&) noexcept = default;
TlsContext::~TlsContext() = default;

namespace {

std::unique_ptr<ssl::context> make_context(ssl::context::method method) {
  auto context = std::make_unique<ssl::context>(method);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(
      context->native_handle(),
      SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE
  );
  // Tickets are enough to resume; a session kept here would be memory that nobody asked for.
  SSL_CTX_set_session_cache_mode(context->native_handle(), SSL_SESS_CACHE_OFF);
  return context;
}

}  // namespace

base::Result<TlsContext> TlsContext::server(
    const std::filesystem::path& certificate, const std::filesystem::path& key
) {
  auto context = make_context(ssl::context::tls_server);
  error_code error;
  context->use_certificate_chain_file(certificate.string(), error);
  if (error)
    return base::fail(
        base::Errc::io, "certificate " + certificate.string() + ": " + error.message()
    );
  context->use_private_key_file(key.string(), ssl::context::pem, error);
  if (error) return base::fail(base::Errc::io, "key " + key.string() + ": " + error.message());
  return TlsContext(std::move(context));
}

base::Result<TlsContext> TlsContext::client(const std::optional<std::filesystem::path>& extra_ca) {
  auto context = make_context(ssl::context::tls_client);
  error_code error;
  context->set_default_verify_paths(error);
  if (!error) context->set_verify_mode(ssl::verify_peer, error);
  if (!error && extra_ca) context->load_verify_file(extra_ca->string(), error);
  if (error) return base::fail(base::Errc::io, "certificate authorities: " + error.message());
  return TlsContext(std::move(context));
}

}  // namespace belfry::net
