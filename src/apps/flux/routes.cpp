#include "apps/flux/routes.hpp"

#include "apps/flux/script.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "http/form.hpp"

namespace belfry::apps::flux {
namespace {

constexpr std::uint32_t default_calls_per_minute = 60;
constexpr std::size_t max_listed = 200;
constexpr std::size_t max_call_sid = 64;

http::Response detail(int status, std::string_view what) {
  return http::json(status, base::json::object{{"detail", what}});
}

http::Response invalid(Complaints complaints) {
  return http::json(422, base::json::object{{"detail", std::move(complaints)}});
}

http::Response missing(std::string_view where, std::string_view name) {
  return invalid({complaint("missing", {where, name}, "Field required", nullptr)});
}

/// A destination that is not allowed (rules F1 to F3) is the caller's mistake, not ours.
int status_of(base::Errc code) {
  if (code == base::Errc::unavailable) return 503;
  return code == base::Errc::refused ? 403 : 500;
}

http::Response failure(const base::Error& error) {
  const bool overload = error.code == base::Errc::unavailable;
  http::Response response =
      detail(status_of(error.code), "Failed to initiate call: " + error.message);
  if (overload)
    response.headers.set("Retry-After", std::to_string(error.detail > 0 ? error.detail : 5));
  return response;
}

http::Response forbidden() {
  return detail(403, "Invalid X-Twilio-Signature");
}

http::Form form_of(std::string_view text) {
  return http::Form::parse(text).value_or(http::Form());
}

}  // namespace

Routes::Routes(
    base::Loop& loop, Notifications& notifications, identity::TwilioSigner signer, Settings settings
)
    : loop_(loop),
      notifications_(notifications),
      signer_(std::move(signer)),
      settings_(std::move(settings)),
      callers_(
          settings_.rate_per_minute.value_or(default_calls_per_minute), std::chrono::minutes(1)
      ) {}

void Routes::add_to(http::Router& router) {
  router.set_errors(
      "/notifications", [](int status, const http::Request&,
                           std::string_view reason) { return detail(status, reason); }
  );
  const auto route = [&](std::string_view path,
                         base::Task<http::Response> (Routes::*handler)(http::Request)) {
    router.add(path, [this, handler](http::Request request) {
      return (this->*handler)(std::move(request));
    });
  };
  route("POST /notifications/call", &Routes::create_call);
  route("GET /notifications/call", &Routes::list_calls);
  route("GET /notifications/call/{call_sid}", &Routes::show_call);
  route("GET /notifications/tasks/{task_id}", &Routes::show_task);
  route("POST /notifications/call/twiml", &Routes::speak);
  route("POST /notifications/call/gather", &Routes::gather);
  route("POST /notifications/call/status", &Routes::take_status);
}

base::Task<http::Response> Routes::create_call(http::Request request) {
  auto read = read_call_request(request.body);
  if (auto* complaints = std::get_if<Complaints>(&read)) co_return invalid(std::move(*complaints));
  if (!settings_.initialized) {
    co_return detail(
        503,
        "Twilio service not initialized. Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and "
        "TWILIO_PHONE_NUMBER."
    );
  }
  auto refusal = check_rate(request);
  if (refusal) co_return std::move(*refusal);
  auto terms = std::get<CallRequest>(std::move(read));
  std::string to = terms.phone_number;
  std::string callbacks = base_url(request);
  const auto placed = co_await notifications_.place(std::move(terms), std::move(callbacks));
  if (!placed) co_return failure(placed.error());
  co_return http::json(
      201,
      base::json::object{
          {"call_sid", placed->sid},
          {"status", to_string(placed->status)},
          {"to", to},
          {"message", "Call initiated successfully to " + to},
          {"initiated_at", base::to_rfc3339_seconds(placed->created)},
      }
  );
}

std::optional<http::Response> Routes::check_rate(const http::Request& request) {
  if (!settings_.rate_per_minute && request.is_loopback()) return std::nullopt;
  const auto wait = callers_.take(request.remote.ip.to_string(), loop_.now());
  if (!wait) return std::nullopt;
  std::optional<http::Response> refusal =
      detail(429, "Too many calls were requested; try again later.");
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait).count();
  refusal->headers.set("Retry-After", std::to_string(seconds));
  return refusal;
}

std::string Routes::base_url(const http::Request& request) const {
  if (!settings_.public_url.empty()) return settings_.public_url;
  std::string scheme = request.secure ? "https" : "http";
  std::string host(request.headers.get("Host").value_or("localhost"));
  // A proxy on the own machine is trusted to say how the client reached it.
  if (request.is_loopback()) {
    const auto proto = request.headers.get("X-Forwarded-Proto");
    if (proto && (*proto == "http" || *proto == "https")) scheme = *proto;
    if (const auto forwarded = request.headers.get("X-Forwarded-Host")) host = *forwarded;
  }
  return scheme + "://" + host;
}

bool Routes::is_signed(const http::Request& request) const {
  if (settings_.signatures == Signatures::never) return true;
  if (settings_.signatures == Signatures::automatic && request.is_loopback()) return true;
  const auto signature = request.headers.get("X-Twilio-Signature");
  if (!signature) return false;
  const http::Form form = form_of(request.body);
  return signer_.verify(base_url(request) + request.target, form.fields(), *signature);
}

base::Task<http::Response> Routes::speak(http::Request request) {
  if (!is_signed(request)) co_return forbidden();
  const http::Form query = form_of(request.query);
  const auto title = query.get("task_title");
  if (!title) co_return missing("query", "task_title");
  std::string url = base_url(request) + "/notifications/call/gather";
  if (const auto task_id = query.get("task_id"))
    url += "?task_id=" + base::percent_encode(*task_id);
  co_return http::xml(200, announcement(*title, url));
}

base::Task<http::Response> Routes::gather(http::Request request) {
  if (!is_signed(request)) co_return forbidden();
  const http::Form form = form_of(request.body);
  std::string call_sid = form.value_or("CallSid", "");
  if (call_sid.empty() || call_sid.size() > max_call_sid) co_return missing("body", "CallSid");
  std::string digits = form.value_or("Digits", "");
  std::string task_id = form_of(request.query).value_or("task_id", "");
  const bool machine = form.value_or("AnsweredBy", "human").starts_with("machine");
  const auto acknowledged = co_await notifications_.respond(
      std::move(call_sid), std::move(task_id), std::move(digits), machine
  );
  if (!acknowledged) co_return failure(acknowledged.error());
  co_return http::xml(200, acknowledgement(*acknowledged));
}

base::Task<http::Response> Routes::take_status(http::Request request) {
  if (!is_signed(request)) co_return forbidden();
  const http::Form form = form_of(request.body);
  const auto call_sid = form.get("CallSid");
  if (!call_sid) co_return missing("body", "CallSid");
  if (!form.has("CallStatus")) co_return missing("body", "CallStatus");
  co_return http::json(200, base::json::object{{"status", "received"}, {"call_sid", *call_sid}});
}

base::Task<http::Response> Routes::list_calls(http::Request) {
  const auto notifications = co_await notifications_.list("", max_listed);
  if (!notifications) co_return failure(notifications.error());
  base::json::array items;
  for (const Notification& notification : *notifications) items.push_back(notification.to_json());
  co_return http::json(200, base::json::object{{"items", std::move(items)}});
}

base::Task<http::Response> Routes::show_call(http::Request request) {
  const auto notification = co_await notifications_.find(request.param("call_sid"));
  if (!notification) co_return failure(notification.error());
  if (!*notification)
    co_return detail(404, "There is no notification call " + request.param("call_sid"));
  co_return http::json(200, (*notification)->to_json());
}

base::Task<http::Response> Routes::show_task(http::Request request) {
  const std::string& task_id = request.param("task_id");
  const auto notifications = co_await notifications_.list(task_id, max_listed);
  if (!notifications) co_return failure(notifications.error());
  if (notifications->empty()) co_return detail(404, "There is no notification of task " + task_id);
  base::json::array calls;
  bool acknowledged = false;
  for (const Notification& notification : *notifications) {
    acknowledged = acknowledged || (notification.response && notification.response->acknowledged);
    calls.push_back(notification.to_json());
  }
  co_return http::json(
      200,
      base::json::object{
          {"task_id", task_id}, {"acknowledged", acknowledged}, {"calls", std::move(calls)}
      }
  );
}

}  // namespace belfry::apps::flux
