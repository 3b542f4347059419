#include "admin/access.hpp"

#include <algorithm>
#include <array>

#include "admin/problem.hpp"
#include "base/encoding.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "http/basic_credentials.hpp"

namespace belfry::admin {
namespace {

constexpr std::string_view cookie_name = "belfry_session";
constexpr std::size_t longest_name = 64;
constexpr std::size_t longest_secret = 256;
/// Paths of applications that telephony asks, which signs what it asks.
constexpr auto webhooks = std::to_array<std::string_view>(
    {"/notifications/call/twiml", "/notifications/call/gather", "/notifications/call/status"}
);

std::string cookie_of(const http::Request& request) {
  const std::string_view header = request.headers.get("Cookie").value_or("");
  for (const std::string_view part : base::split(header, ';')) {
    const std::string_view pair = base::trim(part);
    if (pair.starts_with(cookie_name) && pair.substr(cookie_name.size()).starts_with('='))
      return std::string(pair.substr(cookie_name.size() + 1));
  }
  return {};
}

bool changes_state(const http::Request& request) {
  return request.method != "GET" && request.method != "HEAD" && request.method != "OPTIONS";
}

/// By TLS to us, or to a proxy on this machine.
bool came_encrypted(const http::Request& request) {
  if (request.secure) return true;
  return request.is_loopback() && request.headers.get("X-Forwarded-Proto").value_or("") == "https";
}

bool names_our_origin(const http::Request& request) {
  const std::string_view origin = request.headers.get("Origin").value_or("");
  const std::string_view host = request.headers.get("Host").value_or("");
  const std::size_t scheme_end = origin.find("://");
  return scheme_end != std::string_view::npos && !host.empty() &&
         base::equals_ignoring_case(origin.substr(scheme_end + 3), host);
}

std::string cookie_line(const std::string& value, const http::Request& request, bool ends) {
  std::string line(cookie_name);
  line.append("=").append(value).append("; Path=/; HttpOnly; SameSite=Lax");
  if (ends) line.append("; Max-Age=0");
  // Unencrypted it goes no further than this machine.
  if (came_encrypted(request) || !request.local.is_loopback()) line.append("; Secure");
  return line;
}

}  // namespace

Access::Access(
    base::Loop& loop, base::Random& random, const identity::Accounts& accounts, Settings settings
)
    : loop_(loop), random_(random), accounts_(accounts), settings_(settings) {}

void Access::add_to(http::Router& router) {
  constexpr std::string_view session = "/admin/api/session";
  const auto add = [&](std::string_view method,
                       http::Response (Access::*handle)(const http::Request&)) {
    router.add(
        std::string(method).append(" ").append(session),
        http::immediate([this, handle](const http::Request& request) {
          return (this->*handle)(request);
        })
    );
  };
  add("GET", &Access::show);
  add("POST", &Access::sign_in);
  add("DELETE", &Access::sign_out);
  if (!settings_.required) return;
  for (const std::string_view guarded : {"/admin/", "/sim", "/metrics"})
    router.set_guard(std::string(guarded), [this](const http::Request& request) {
      return check(request, Need::administrator);
    });
  router.set_guard("/notifications/", [this](const http::Request& request) {
    return check(request, Need::service);
  });
  router.set_guard(std::string(session), {});
  for (const std::string_view signed_path : webhooks)
    router.set_guard(std::string(signed_path), {});
}

// --- What stands before the routes ---

Access::Refusal Access::check(const http::Request& request, Need need) {
  if (const auto given = http::basic_credentials(request)) {
    if (is_good(given->user, given->secret, need)) return std::nullopt;
    if (auto later = check_attempts(request)) return later;
    return challenge(request);
  }
  const Session* session = session_of(request);
  if (session == nullptr) return challenge(request);
  // Rule H4: a form of another site sends the cookie too, but cannot say that it is a page of ours.
  if (changes_state(request) && !names_our_origin(request))
    return problem(request, 403, "foreign-origin", "only pages of this server may do that");
  return std::nullopt;
}

http::Response Access::challenge(const http::Request& request) const {
  http::Response response = problem(
      request, 401, "sign-in-required",
      "sign in on the pages, or give an account SID and its token, or an API key, as user and "
      "password"
  );
  // To a script of a page browsers would open a window of their own.
  const std::string_view mode = request.headers.get("Sec-Fetch-Mode").value_or("navigate");
  response.headers.set(
      "WWW-Authenticate",
      mode == "navigate" ? R"(Basic realm="Belfry", charset="UTF-8")" : R"(Session realm="Belfry")"
  );
  return response;
}

Access::Refusal Access::check_attempts(const http::Request& request) {
  const auto wait = attempts_.take(request.remote.ip.to_string(), loop_.now());
  if (!wait) return std::nullopt;
  base::log::warning("admin.many_attempts", {{"from", request.remote.ip.to_string()}});
  http::Response response =
      problem(request, 429, "too-many-attempts", "too many attempts; wait a minute");
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait).count();
  response.headers.set("Retry-After", std::to_string(seconds));
  return response;
}

bool Access::is_good(std::string_view user, std::string_view secret, Need need) const {
  if (user.empty() || secret.empty() || secret.size() > longest_secret) return false;
  const auto caller = accounts_.check(user, secret);
  if (!caller || caller->account_sid != accounts_.main().sid) return false;
  return need == Need::service || caller->administers;
}

/// Empty when there is nobody of that name any more.
std::string Access::digest_of_secret(std::string_view user) const {
  if (const identity::ApiKey* key = accounts_.find_key(user)) return base::sha256_hex(key->secret);
  const identity::Account* account = accounts_.find(user);
  const bool active = account != nullptr && account->status == identity::Account::Status::active;
  return active ? base::sha256_hex(account->auth_token) : std::string();
}

// --- Sessions ---

Access::Session* Access::session_of(const http::Request& request) {
  const std::string token = cookie_of(request);
  if (token.empty()) return nullptr;
  // By a digest: how long the search takes tells nothing of the token.
  const auto found = sessions_.find(base::sha256_hex(token));
  if (found == sessions_.end()) return nullptr;
  Session& session = found->second;
  const base::Instant now = loop_.now();
  const bool is_over = now - session.used > idle_limit || now - session.started > longest ||
                       session.secret_digest != digest_of_secret(session.user);
  if (is_over) {
    sessions_.erase(found);
    return nullptr;
  }
  session.used = now;
  return &session;
}

std::string Access::open_session(const std::string& user) {
  if (sessions_.size() >= most_sessions) {
    sessions_.erase(std::ranges::min_element(sessions_, {}, [](const auto& each) {
      return each.second.used;
    }));
  }
  std::array<std::byte, 32> bytes{};
  random_.fill(bytes);
  std::string token = base::to_hex(bytes);
  const base::Instant now = loop_.now();
  sessions_[base::sha256_hex(token)] = {user, digest_of_secret(user), now, now};
  return token;
}

bool Access::has_session(const http::Request& request) {
  if (changes_state(request) && !names_our_origin(request)) return false;
  return session_of(request) != nullptr;
}

http::Response Access::show(const http::Request& request) {
  const Session* session = session_of(request);
  base::json::object body{{"required", settings_.required}, {"user", nullptr}};
  if (session != nullptr) body["user"] = session->user;
  http::Response response = http::json(200, body);
  response.headers.set("Cache-Control", "no-store");
  return response;
}

http::Response Access::sign_in(const http::Request& request) {
  if (!came_encrypted(request) && !request.local.is_loopback())
    return problem(
        request, 403, "not-encrypted", "sign in by HTTPS: what is sent here can be read on the way"
    );
  auto body = read_object(request);
  if (!body) return std::move(body.error());
  BodyReader reader(*body);
  const auto user = reader.required_text("user", longest_name);
  const auto secret = reader.required_text("secret", longest_secret);
  if (!reader.complaints().empty()) return refuse(request, reader.complaints());
  if (auto later = check_attempts(request)) return std::move(*later);
  if (!is_good(*user, *secret, Need::administrator)) {
    base::log::warning("admin.sign_in_refused", {{"from", request.remote.ip.to_string()}});
    return problem(request, 401, "wrong-credentials", "user and secret do not belong together");
  }
  base::log::info("admin.signed_in", {{"from", request.remote.ip.to_string()}});
  http::Response response =
      http::json(200, base::json::object{{"required", settings_.required}, {"user", *user}});
  response.headers.set("Set-Cookie", cookie_line(open_session(*user), request, false));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

http::Response Access::sign_out(const http::Request& request) {
  if (session_of(request) != nullptr) sessions_.erase(base::sha256_hex(cookie_of(request)));
  http::Response response = http::empty(204);
  response.headers.set("Set-Cookie", cookie_line("", request, true));
  return response;
}

}  // namespace belfry::admin
