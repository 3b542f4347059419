#include "compat/twilio/api.hpp"

#include <cstdio>

#include "base/ids.hpp"
#include "http/basic_credentials.hpp"

namespace belfry::compat::twilio {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view version = "/2010-04-01";
constexpr std::uint32_t burst = 200;  // refilled in 2 s: 100 requests a second

bool is_form(const http::Request& request) {
  const std::string type = request.content_type();
  return type.empty() || type == "application/x-www-form-urlencoded";
}

std::string seconds(base::Duration duration) {
  std::array<char, 32> text{};
  const double value = std::chrono::duration<double>(duration).count();
  const int length = std::snprintf(text.data(), text.size(), "%.3f", value);
  return {text.data(), static_cast<std::size_t>(length)};
}

/// A closed or suspended account answers questions and can be changed by its owner, no more.
bool may_go_on(const Ask& ask) {
  if (ask.account.status == identity::Account::Status::active) return true;
  const bool by_owner = ask.caller.account_sid != ask.account.sid;
  const bool is_account_itself = ask.request.path.ends_with(ask.account.sid) ||
                                 ask.request.path.ends_with(ask.account.sid + ".json");
  return by_owner && (ask.request.method != "POST" || is_account_itself);
}

}  // namespace

Api::Api(
    base::Loop& loop, base::Random& random, const identity::Accounts& accounts, http::Router& router
)
    : loop_(loop), random_(random), accounts_(accounts), router_(router), buckets_(burst, 2s) {
  for (const char* prefix : {"/2010-04-01/", "/v1/", "/v2/"})
    router_.set_errors(prefix, render_plain);
}

void Api::add(std::string_view method, std::string_view path, const Handler& handler) {
  operations_.push_back({std::string(method), std::string(path)});
  const bool other_product = path.starts_with("/v1/") || path.starts_with("/v2/");
  if (other_product) return mount(method, std::string(path), handler);
  // "/Accounts" is the one collection that is not below an account.
  const bool below_version = path == "/Accounts";
  const std::string full =
      std::string(version) + (below_version ? "" : "/Accounts/{AccountSid}") + std::string(path);
  const std::string_view last = std::string_view(full).substr(full.rfind('/'));
  if (last.contains('.')) return mount(method, full, handler);
  mount(method, full, handler);
  mount(method, full + ".json", handler);
}

void Api::mount(std::string_view method, const std::string& path, const Handler& handler) {
  router_.add(std::string(method) + " " + path, [this, handler](http::Request request) {
    return answer(std::move(request), handler);
  });
}

std::expected<Ask, ApiError> Api::authenticate(http::Request request) {
  const auto credentials = http::basic_credentials(request);
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (!credentials && reads && links_ != nullptr &&
      links_->allows(request.path, request.query, loop_.wall_now())) {
    const identity::Account* account = accounts_.find(request.param("AccountSid"));
    if (account == nullptr) return std::unexpected(error(20003));
    return Ask{std::move(request), {}, {account->sid, {}, false}, *account};
  }
  if (!credentials) return std::unexpected(error(20003));
  const auto caller = accounts_.check(credentials->user, credentials->secret);
  if (!caller) return std::unexpected(error(20003));
  const identity::Account* own = accounts_.find(caller->account_sid);
  if (own == nullptr) return std::unexpected(error(20003));
  if (own->status != identity::Account::Status::active) return std::unexpected(error(20005));
  const std::string& wanted = request.param("AccountSid");
  const identity::Account* account = wanted.empty() ? own : accounts_.find(wanted);
  // Another tenant's account and one that does not exist look the same (rule H6).
  if (account == nullptr || !accounts_.may_use(*caller, *account))
    return std::unexpected(error(20003));
  return Ask{std::move(request), {}, *caller, *account};
}

base::Task<http::Response> Api::admit(http::Request request, const Handler& handler) {
  auto ask = authenticate(std::move(request));
  if (!ask) co_return render(ask.error());
  if (buckets_.take(ask->caller.account_sid, loop_.now())) co_return refusal(20429);
  if (!may_go_on(*ask)) co_return refusal(20005);
  auto query = http::Form::parse(ask->request.query);
  if (!query) co_return refusal(query.error());
  http::Form form;
  if (ask->request.method == "POST" && is_form(ask->request)) {
    auto body = http::Form::parse(ask->request.body);
    if (!body) co_return refusal(body.error());
    form = std::move(*body);
  }
  ask->parameters = Parameters(std::move(form), std::move(*query));
  base::Task<http::Response> handling = handler(std::move(*ask));
  co_return co_await std::move(handling);
}

base::Task<http::Response> Api::answer(http::Request request, const Handler& handler) {
  const base::Instant began = loop_.now();
  base::Task<http::Response> admitting = admit(std::move(request), handler);
  http::Response response = co_await std::move(admitting);
  response.headers.set("Twilio-Request-Id", base::make_sid("RQ", random_));
  response.headers.set("Twilio-Request-Duration", seconds(loop_.now() - began));
  co_return response;
}

}  // namespace belfry::compat::twilio
