#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>

#include "net/stream.hpp"
#include "net/tls_context.hpp"

namespace belfry::net {

std::unique_ptr<StreamBackend> make_tcp_backend(asio::ip::tcp::socket socket);
std::unique_ptr<StreamBackend> make_tls_server_backend(
    asio::ip::tcp::socket socket, const TlsContext& tls
);
/// @param host is asked for by SNI and must be in the certificate (RFC 6125).
std::unique_ptr<StreamBackend> make_tls_client_backend(
    asio::ip::tcp::socket socket, const TlsContext& tls, const std::string& host
);

}  // namespace belfry::net
