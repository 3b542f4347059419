#include "base/wait.hpp"
#include "http/websocket.hpp"
#include "http/websocket_handshake.hpp"
#include "http/websocket_stream.hpp"
#include "net/byte_stream.hpp"
#include "net/url.hpp"

namespace belfry::http {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using base::Task;
using namespace std::chrono_literals;

std::unexpected<base::Error> failure(WebSocketFailure why, std::string message) {
  return fail(Errc::io, std::move(message), static_cast<int>(why));
}

WebSocketFailure classify(const base::Error& error) {
  if (error.detail == net::tls_failed) return WebSocketFailure::tls;
  if (error.code == Errc::timed_out) return WebSocketFailure::timeout;
  if (error.code == Errc::refused) return WebSocketFailure::refused;
  return WebSocketFailure::unreachable;
}

/// Counts the sockets of a client.
class Ticket {
 public:
  explicit Ticket(std::shared_ptr<std::size_t> open) : open_(std::move(open)) { ++*open_; }
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;
  ~Ticket() { --*open_; }

 private:
  std::shared_ptr<std::size_t> open_;  // shared with the client, whichever goes first
};

/// A socket that counts among those of its client.
class ClientSocket final : public WebSocketStream {
 public:
  ClientSocket(
      base::Loop& loop, base::Random& random, net::ByteStream stream, std::size_t max_message,
      std::unique_ptr<Ticket> ticket
  )
      : WebSocketStream(
            loop, random, std::move(stream), {WebSocketMachine::Role::client, max_message}
        ),
        ticket_(std::move(ticket)) {}

 private:
  std::unique_ptr<Ticket> ticket_;
};

class Client final : public WebSocketClient {
 public:
  Client(
      net::Driver& driver, base::Random& random, const net::EgressPolicy& policy,
      WebSocketClientSettings settings, net::TlsContext tls
  )
      : driver_(driver),
        random_(random),
        policy_(policy),
        settings_(std::move(settings)),
        tls_(std::move(tls)),
        resolver_(driver, random, settings_.resolver) {}

  Task<Result<std::unique_ptr<WebSocket>>> connect(WebSocketRequest request) override;

 private:
  Result<net::Url> check(const WebSocketRequest& request) const;
  Result<> check_address(const net::Url& url, const net::Address& address) const;
  Task<Result<std::vector<net::IpAddress>>> locate(const net::Url& url, base::Instant deadline);
  Task<Result<net::ByteStream>> reach(
      const net::Url& url, std::vector<net::IpAddress> addresses, base::Instant deadline
  );
  Task<Result<std::string>> shake_hands(
      const net::Url& url, const Headers& headers, net::ByteStream& stream, base::Instant deadline
  );

  net::Driver& driver_;
  base::Random& random_;
  const net::EgressPolicy& policy_;
  WebSocketClientSettings settings_;
  net::TlsContext tls_;
  net::Resolver resolver_;
  std::shared_ptr<std::size_t> open_ = std::make_shared<std::size_t>(0);  // see `Ticket`
};

Result<net::Url> Client::check(const WebSocketRequest& request) const {
  if (*open_ >= settings_.sockets) return failure(WebSocketFailure::failed, "too many WebSockets");
  if (!is_clean(request.headers))
    return failure(WebSocketFailure::failed, "a header of the handshake is not clean");
  auto url = net::Url::parse(request.url);
  if (!url) return failure(WebSocketFailure::bad_url, url.error().message);
  if (url->scheme != "ws" && url->scheme != "wss")
    return failure(WebSocketFailure::bad_scheme, "the URL's scheme is not wss");
  if (const auto allowed = policy_.check_url(*url); !allowed)
    return failure(WebSocketFailure::egress_denied, allowed.error().message);
  return std::move(*url);
}

Result<> Client::check_address(const net::Url& url, const net::Address& address) const {
  if (const auto allowed = policy_.check_address(address, url.host); !allowed)
    return failure(WebSocketFailure::egress_denied, allowed.error().message);
  if (!url.secure() && !settings_.plain_to_public && !net::is_special_purpose(address.ip))
    return failure(WebSocketFailure::bad_scheme, "ws is for private addresses: use wss");
  return {};
}

Task<Result<std::vector<net::IpAddress>>> Client::locate(
    const net::Url& url, base::Instant deadline
) {
  if (url.ip) co_return std::vector<net::IpAddress>{*url.ip};
  std::string host = url.host;
  Task<Result<std::vector<net::IpAddress>>> resolving = resolver_.addresses(std::move(host));
  auto limited =
      base::with_time_limit(driver_.loop(), std::move(resolving), deadline - driver_.loop().now());
  auto found = co_await std::move(limited);
  if (!found) co_return failure(WebSocketFailure::timeout, "the name was not resolved in time");
  if (!*found || (*found)->empty())
    co_return failure(WebSocketFailure::bad_host, "the name does not resolve");
  co_return std::move(**found);
}

Task<Result<net::ByteStream>> Client::reach(
    const net::Url& url, std::vector<net::IpAddress> addresses, base::Instant deadline
) {
  std::optional<base::Error> first;
  for (const net::IpAddress& ip : addresses) {
    const net::Address address{ip, url.port};
    if (auto allowed = check_address(url, address); !allowed) {
      if (!first) first = allowed.error();
      continue;
    }
    std::optional<net::TlsPeer> tls;
    if (url.secure()) tls.emplace(net::TlsPeer{tls_, url.host});
    Task<Result<net::ByteStream>> connecting =
        net::connect(driver_, address, deadline, std::move(tls));
    Result<net::ByteStream> stream = co_await std::move(connecting);
    if (stream) co_return stream;
    if (!first) first = failure(classify(stream.error()), stream.error().message).error();
  }
  co_return fail(std::move(*first));  // `locate` gives one address at least
}

Task<Result<std::string>> Client::shake_hands(
    const net::Url& url, const Headers& headers, net::ByteStream& stream, base::Instant deadline
) {
  WebSocketHandshake handshake(url, headers, random_);
  std::string request = handshake.request();
  Task<Result<void>> writing = stream.write(std::move(request), deadline);
  const Result<void> written = co_await std::move(writing);
  if (!written) co_return failure(WebSocketFailure::handshake, written.error().message);
  while (true) {
    Task<Result<std::string>> reading = stream.read(deadline);
    const Result<std::string> bytes = co_await std::move(reading);
    if (!bytes && bytes.error().code == Errc::timed_out)
      co_return failure(WebSocketFailure::timeout, "the server did not answer in time");
    if (!bytes || bytes->empty())
      co_return failure(WebSocketFailure::handshake, "the server closed without an answer");
    const Result<bool> done = handshake.handle_bytes(*bytes);
    if (!done) co_return failure(WebSocketFailure::handshake, done.error().message);
    if (*done) co_return handshake.take_rest();
  }
}

Task<Result<std::unique_ptr<WebSocket>>> Client::connect(WebSocketRequest request) {
  auto url = check(request);
  if (!url) co_return fail(url.error());
  auto ticket = std::make_unique<Ticket>(open_);
  const base::Instant begin = driver_.loop().now();
  Task<Result<std::vector<net::IpAddress>>> locating = locate(*url, begin + request.connect_time);
  Result<std::vector<net::IpAddress>> addresses = co_await std::move(locating);
  if (!addresses) co_return fail(addresses.error());
  Task<Result<net::ByteStream>> reaching =
      reach(*url, std::move(*addresses), begin + request.connect_time);
  Result<net::ByteStream> stream = co_await std::move(reaching);
  if (!stream) co_return fail(stream.error());
  Task<Result<std::string>> shaking =
      shake_hands(*url, request.headers, *stream, begin + request.total_time);
  const Result<std::string> rest = co_await std::move(shaking);
  if (!rest) co_return fail(rest.error());
  auto socket = std::make_unique<ClientSocket>(
      driver_.loop(), random_, std::move(*stream), request.max_message, std::move(ticket)
  );
  socket->take(*rest);
  co_return std::unique_ptr<WebSocket>(std::move(socket));
}

}  // namespace

WebSocketFailure websocket_failure_of(const base::Error& error) {
  return static_cast<WebSocketFailure>(error.detail);
}

Result<std::unique_ptr<WebSocketClient>> make_websocket_client(
    net::Driver& driver, base::Random& random, const net::EgressPolicy& policy,
    WebSocketClientSettings settings
) {
  BELFRY_TRY(tls, net::TlsContext::client(settings.extra_ca));
  return std::make_unique<Client>(driver, random, policy, std::move(settings), std::move(tls));
}

}  // namespace belfry::http
