#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/encoding.hpp"
#include "base/handle.hpp"
#include "base/text.hpp"
#include "base/wait.hpp"
#include "http/client.hpp"
#include "http/curl_multi.hpp"
#include "http/text_rules.hpp"
#include "net/url.hpp"

namespace belfry::http {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using base::Task;
using Easy = base::Handle<CURL, curl_easy_cleanup>;
using HeaderList = base::Handle<curl_slist, curl_slist_free_all>;

std::unexpected<base::Error> failure(ClientFailure why, std::string message) {
  const Errc code =
      why == ClientFailure::egress_denied                                      ? Errc::refused
      : why == ClientFailure::bad_url                                          ? Errc::malformed
      : why == ClientFailure::body_too_large                                   ? Errc::too_large
      : why == ClientFailure::timeout || why == ClientFailure::connect_timeout ? Errc::timed_out
      : why == ClientFailure::refused || why == ClientFailure::bad_host        ? Errc::unavailable
                                                                               : Errc::io;
  return fail(code, std::move(message), static_cast<int>(why));
}

/// One request and its answer, without redirects. Curl's callbacks write into it.
struct Transfer {
  static constexpr std::size_t max_header_bytes = 64 << 10;

  Easy easy{curl_easy_init()};
  HeaderList header_list;
  const net::EgressPolicy* policy = nullptr;
  const CurlClientSettings* settings = nullptr;
  net::Url url;
  std::string body;  // curl sends from here
  std::size_t max_body = 0;
  std::size_t header_bytes = 0;
  bool denied = false;
  bool too_large = false;
  ClientResponse response;

  static std::size_t on_body(char* bytes, std::size_t, std::size_t size, void* user) {
    auto& self = *static_cast<Transfer*>(user);
    if (size > self.max_body - self.response.body.size()) {
      self.too_large = true;
      return 0;
    }
    self.response.body.append(bytes, size);
    return size;
  }
  static std::size_t on_header(char* bytes, std::size_t, std::size_t size, void* user) {
    auto& self = *static_cast<Transfer*>(user);
    self.header_bytes += size;
    if (self.header_bytes > max_header_bytes) {
      self.too_large = true;
      return 0;
    }
    const std::string_view line(bytes, size);
    if (line.starts_with("HTTP/")) self.response.headers = Headers();  // after a 100 Continue
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && is_token(line.substr(0, colon)))
      self.response.headers.add(
          std::string(line.substr(0, colon)), std::string(base::trim(line.substr(colon + 1)))
      );
    return size;
  }
  /// Rule W1: asked with the very address that is about to be connected to.
  static curl_socket_t on_open(void* user, curlsocktype, curl_sockaddr* to) {
    auto& self = *static_cast<Transfer*>(user);
    const auto ip = ip_of(to->addr);
    const net::Address address{ip.value_or(net::IpAddress()), self.url.port};
    if (!ip || !self.policy->check_address(address, self.url.host)) {
      self.denied = true;
      return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
  }
  static std::optional<net::IpAddress> ip_of(const sockaddr& address) {
    const auto* raw = reinterpret_cast<const std::uint8_t*>(&address);
    if (address.sa_family == AF_INET) {
      std::array<std::uint8_t, 4> bytes{};
      std::memcpy(bytes.data(), raw + 4, bytes.size());  // sin_addr
      return net::IpAddress::v4(bytes);
    }
    if (address.sa_family != AF_INET6) return std::nullopt;
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), raw + 8, bytes.size());  // sin6_addr
    return net::IpAddress::v6(bytes);
  }
  static CURLcode on_tls(CURL*, void* context, void* user) {
    auto& self = *static_cast<Transfer*>(user);
    const std::string file = self.settings->extra_ca->string();
    const int loaded =
        SSL_CTX_load_verify_locations(static_cast<SSL_CTX*>(context), file.c_str(), nullptr);
    return loaded == 1 ? CURLE_OK : CURLE_SSL_CACERT_BADFILE;
  }

  template <class Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(easy.get(), option, value);
  }
};

void set_rules(Transfer& transfer) {
  transfer.set(CURLOPT_NOSIGNAL, 1L);
  transfer.set(CURLOPT_PROTOCOLS_STR, "http,https");
  transfer.set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  transfer.set(CURLOPT_PROXY, "");
  transfer.set(CURLOPT_FOLLOWLOCATION, 0L);
  transfer.set(CURLOPT_PATH_AS_IS, 1L);
  transfer.set(CURLOPT_SSL_VERIFYPEER, 1L);
  transfer.set(CURLOPT_SSL_VERIFYHOST, 2L);
  transfer.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  transfer.set(CURLOPT_USERAGENT, transfer.settings->user_agent.c_str());
  transfer.set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  transfer.set(CURLOPT_WRITEDATA, &transfer);
  transfer.set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  transfer.set(CURLOPT_HEADERDATA, &transfer);
  transfer.set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_open);
  transfer.set(CURLOPT_OPENSOCKETDATA, &transfer);
  if (!transfer.settings->extra_ca) return;
  transfer.set(CURLOPT_SSL_CTX_FUNCTION, &Transfer::on_tls);
  transfer.set(CURLOPT_SSL_CTX_DATA, &transfer);
}

void set_request(Transfer& transfer, const ClientRequest& request) {
  transfer.set(CURLOPT_URL, transfer.url.to_string().c_str());
  if (transfer.url.user) {
    const auto user = base::percent_decode(*transfer.url.user).value_or(*transfer.url.user);
    const auto password =
        base::percent_decode(transfer.url.password).value_or(transfer.url.password);
    transfer.set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    transfer.set(CURLOPT_USERNAME, user.c_str());
    transfer.set(CURLOPT_PASSWORD, password.c_str());
  }
  if (request.method == "HEAD") {
    transfer.set(CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET") {
    if (request.method == "POST" || !transfer.body.empty()) {
      transfer.set(CURLOPT_POST, 1L);
      transfer.set(CURLOPT_POSTFIELDS, transfer.body.data());
      transfer.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer.body.size()));
    }
    transfer.set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

void set_headers(Transfer& transfer, const ClientRequest& request) {
  const auto append = [&](const std::string& line) {
    curl_slist* longer = curl_slist_append(transfer.header_list.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(transfer.header_list.release());
    transfer.header_list.reset(longer);
  };
  append("Expect:");  // curl would wait a second for the permission to send a large body
  for (const auto& [name, value] : request.headers) {
    std::string line = name;
    line.append(value.empty() ? ";" : ": ").append(value);
    append(line);
  }
  std::string cookies;
  for (const auto& [name, value] : request.cookies)
    cookies.append(cookies.empty() ? "" : "; ").append(name).append("=").append(value);
  if (!cookies.empty()) append("Cookie: " + cookies);
  transfer.set(CURLOPT_HTTPHEADER, transfer.header_list.get());
}

bool has_line_break(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

bool is_clean(const ClientRequest& request) {
  if (!is_token(request.method)) return false;
  for (const auto& [name, value] : request.headers)
    if (!is_token(name) || has_line_break(value)) return false;
  for (const auto& [name, value] : request.cookies)
    if (!is_token(name) || has_line_break(value) || value.contains(';')) return false;
  return true;
}

ClientFailure classify(const Transfer& transfer, CURLcode code) {
  double connecting = 0;  // stays 0 also on a connection of before
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_CONNECT_TIME, &connecting);
  long sent = 0;  // bytes
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_REQUEST_SIZE, &sent);
  const bool connected = connecting > 0 || sent > 0;
  if (transfer.too_large) return ClientFailure::body_too_large;
  switch (static_cast<int>(code)) {
    case CURLE_URL_MALFORMAT:
      return ClientFailure::bad_url;
    case CURLE_COULDNT_RESOLVE_HOST:
      return ClientFailure::bad_host;
    case CURLE_COULDNT_CONNECT:
      return transfer.denied ? ClientFailure::egress_denied : ClientFailure::refused;
    case CURLE_OPERATION_TIMEDOUT:
      return connected ? ClientFailure::timeout : ClientFailure::connect_timeout;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return ClientFailure::tls;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE:
      return ClientFailure::protocol;
    default:
      return ClientFailure::failed;
  }
}

class CurlClient final : public Client {
 public:
  CurlClient(net::Driver& driver, const net::EgressPolicy& policy, CurlClientSettings settings)
      : loop_(driver.loop()),
        policy_(policy),
        settings_(std::move(settings)),
        multi_(driver, settings_.connections, settings_.connections_per_host) {}

  Task<Result<ClientResponse>> send(ClientRequest request) override;

 private:
  /// Takes a transfer off curl before its memory goes.
  struct Running {
    Running(CurlClient& of, Transfer& what) : client(of), transfer(what) { ++client.under_way_; }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() {
      client.multi_.remove(transfer.easy.get());
      --client.under_way_;
    }
    CurlClient& client;
    Transfer& transfer;
  };

  Task<Result<ClientResponse>> send_once(
      const ClientRequest& request, const net::Url& url, base::Instant deadline
  );
  static Result<net::Url> follow(
      ClientRequest& request, const net::Url& from, const ClientResponse& response,
      const std::vector<SetCookie>& set_cookies
  );

  base::Loop& loop_;
  const net::EgressPolicy& policy_;
  CurlClientSettings settings_;
  CurlMulti multi_;
  std::size_t under_way_ = 0;
};

Task<Result<ClientResponse>> CurlClient::send_once(
    const ClientRequest& request, const net::Url& url, base::Instant deadline
) {
  const base::Duration left = deadline - loop_.now();
  if (left < std::chrono::milliseconds(1))
    co_return failure(ClientFailure::timeout, "no time is left for another redirect");
  if (under_way_ >= settings_.requests)
    co_return fail(
        Errc::unavailable, "too many requests under way", static_cast<int>(ClientFailure::failed)
    );
  Transfer transfer;
  transfer.policy = &policy_;
  transfer.settings = &settings_;
  transfer.url = url;
  transfer.body = request.body;
  transfer.max_body = request.max_body;
  set_rules(transfer);
  set_request(transfer, request);
  set_headers(transfer, request);
  transfer.set(CURLOPT_TIMEOUT_MS, static_cast<long>(base::to_ms(left)));
  transfer.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(base::to_ms(request.connect_time)));
  base::Completion<CURLcode> done(loop_);
  const Running running(*this, transfer);
  multi_.add(transfer.easy.get(), done.resolver());
  Task<CURLcode> waiting = done.wait();
  const CURLcode code = co_await std::move(waiting);
  if (code != CURLE_OK)
    co_return failure(classify(transfer, code), url.authority() + ": " + curl_easy_strerror(code));
  long status = 0;
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
  transfer.response.status = static_cast<int>(status);
  transfer.response.url = url.to_string();
  co_return std::move(transfer.response);
}

Result<net::Url> CurlClient::follow(
    ClientRequest& request, const net::Url& from, const ClientResponse& response,
    const std::vector<SetCookie>& set_cookies
) {
  auto next = from.resolve(*response.headers.get("Location"));
  if (!next) return failure(ClientFailure::bad_url, "redirect: " + next.error().message);
  if (next->scheme != "http" && next->scheme != "https")
    return failure(ClientFailure::bad_url, "redirect to another scheme");
  if (response.status <= 303 && request.method != "HEAD") {
    request.method = "GET";
    request.body.clear();
    request.headers.remove("Content-Type");
  }
  if (!from.same_origin(*next)) {
    request.headers.remove("Authorization");
    request.headers.remove("Cookie");
    request.cookies.clear();
  }
  request.url = next->to_string();
  if (request.on_redirect) request.on_redirect(request, set_cookies);
  return std::move(*next);
}

Task<Result<ClientResponse>> CurlClient::send(ClientRequest request) {
  if (!is_clean(request))
    co_return failure(ClientFailure::failed, "request with a line break in a header");
  auto url = net::Url::parse(request.url);
  if (!url) co_return failure(ClientFailure::bad_url, url.error().message);
  if (url->scheme != "http" && url->scheme != "https")
    co_return failure(ClientFailure::bad_url, "URL scheme is not http or https");
  const base::Instant deadline = loop_.now() + request.total_time;
  std::vector<SetCookie> set_cookies;
  for (int hop = 0;; ++hop) {
    const Result<void> allowed = policy_.check_url(*url);
    if (!allowed) co_return failure(ClientFailure::egress_denied, allowed.error().message);
    Task<Result<ClientResponse>> sending = send_once(request, *url, deadline);
    Result<ClientResponse> response = co_await std::move(sending);
    if (!response) co_return response;
    for (const std::string_view cookie : response->headers.all("Set-Cookie"))
      set_cookies.push_back({response->url, std::string(cookie)});
    const int status = response->status;
    const bool redirects = (status >= 301 && status <= 303) || status == 307 || status == 308;
    if (!redirects || request.redirects == 0 || !response->headers.has("Location")) {
      response->set_cookies = std::move(set_cookies);
      co_return response;
    }
    if (hop == request.redirects)
      co_return failure(ClientFailure::too_many_redirects, "too many redirects");
    url = follow(request, *url, *response, set_cookies);
    if (!url) co_return fail(url.error());
  }
}

}  // namespace

ClientFailure failure_of(const base::Error& error) {
  return static_cast<ClientFailure>(error.detail);
}

std::unique_ptr<Client> make_curl_client(
    net::Driver& driver, const net::EgressPolicy& policy, CurlClientSettings settings
) {
  return std::make_unique<CurlClient>(driver, policy, std::move(settings));
}

}  // namespace belfry::http
