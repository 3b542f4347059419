#include "apps/kin/routes.hpp"

#include "apps/kin/call_json.hpp"
#include "apps/kin/history_query.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "http/basic_credentials.hpp"

namespace belfry::apps::kin {
namespace {

using base::Task;
using base::json::object;
using http::Request;
using http::Response;

constexpr std::uint32_t default_calls_per_minute = 60;
constexpr std::size_t max_sid = 64;

Response failed(int status, std::string_view why) {
  return http::json(status, object{{"success", false}, {"error", why}});
}

Response xml_document(std::string body) {
  Response response = http::xml(200, std::move(body));
  response.headers.set("Content-Type", "text/xml; charset=utf-8");
  return response;
}

http::Form form_of(std::string_view text) {
  return http::Form::parse(text).value_or(http::Form());
}

int attempt_of(const Request& request) {
  const auto attempt = base::parse_unsigned(form_of(request.query).value_or("attempt", "1"));
  return attempt && *attempt >= 1 && *attempt <= menu_attempts ? static_cast<int>(*attempt) : 1;
}

}  // namespace

Routes::Routes(
    base::Loop& loop, Calls& calls, const identity::Accounts& accounts,
    identity::TwilioSigner signer, Settings settings
)
    : loop_(loop),
      calls_(calls),
      accounts_(accounts),
      signer_(std::move(signer)),
      settings_(std::move(settings)),
      callers_(
          settings_.rate_per_minute.value_or(default_calls_per_minute), std::chrono::minutes(1)
      ) {}

void Routes::route(http::Router& router, const std::string& method_and_path, Member member) {
  router.add(method_and_path, [this, member](Request request) {
    return (this->*member)(std::move(request));
  });
}

void Routes::add_to(http::Router& router) {
  for (const std::string prefix : {"/api/voice", "/voice"}) {
    router.set_errors(prefix, [](int status, const Request&, std::string_view reason) {
      return failed(status, status >= 500 ? "Internal server error" : reason);
    });
    add_api(router, prefix);
    add_documents(router, prefix);
  }
  add_webhooks(router);
  serve(router, "/voice", [this](const Request& request) { return document_of_call(request); });
}

void Routes::add_api(http::Router& router, const std::string& prefix) {
  route(router, "POST " + prefix + "/token", &Routes::make_token);
  route(router, "POST " + prefix + "/calls", &Routes::create_call);
  route(router, "GET " + prefix + "/calls", &Routes::list_calls);
  route(router, "GET " + prefix + "/calls/{callSid}", &Routes::show_call);
  route(router, "POST " + prefix + "/calls/{callSid}/hangup", &Routes::hang_up);
}

void Routes::serve(http::Router& router, const std::string& path, DocumentMaker make) {
  const auto answer = [this, make = std::move(make)](const Request& request) {
    return is_signed(request) ? xml_document(make(request)) : http::text(403, "Forbidden");
  };
  router.add("POST " + path, http::immediate(answer));
}

/// A browser's call goes to the party that the browser names; whoever is called is greeted.
std::string Routes::document_of_call(const Request& request) const {
  const http::Form form = form_of(request.body);
  const std::string to = form.value_or("To", "");
  const bool by_browser = form.value_or("Direction", "") == "inbound" &&
                          form.value_or("From", "").starts_with("client:");
  if (by_browser && !to.empty()) return browser_call_document(to, settings_.caller_id);
  return greeting_document();
}

void Routes::add_documents(http::Router& router, const std::string& prefix) {
  const auto of_form = [](const Request& request, std::string_view name) {
    return form_of(request.body).value_or(name, "");
  };
  serve(router, prefix + "/twiml", [this](const Request& request) {
    return document_of_call(request);
  });
  serve(router, prefix + "/twiml/basic", [](const Request& request) {
    return basic_document(form_of(request.query).value_or("message", ""));
  });
  serve(router, prefix + "/twiml/menu", [](const Request&) { return menu_document(); });
  serve(router, prefix + "/handle-input", [this, of_form](const Request& request) {
    return menu_choice_document(
        settings_.destinations, of_form(request, "Digits"), attempt_of(request)
    );
  });
  serve(router, prefix + "/after-call", [of_form](const Request& request) {
    return after_call_document(of_form(request, "DialCallStatus"));
  });
  serve(router, prefix + "/inbound", [this](const Request&) {
    return inbound_document(settings_.destinations);
  });
  serve(router, prefix + "/after-agent", [of_form](const Request& request) {
    return after_agent_document(of_form(request, "DialCallStatus"));
  });
  serve(router, prefix + "/voicemail", [](const Request&) { return voicemail_document(); });
  serve(router, prefix + "/after-voicemail", [](const Request&) {
    return after_voicemail_document();
  });
}

void Routes::add_webhooks(http::Router& router) {
  for (const std::string prefix : {"", "/api/voice", "/voice"}) {
    route(router, "POST " + prefix + "/webhooks/call-status", &Routes::take_call_status);
    route(router, "POST " + prefix + "/webhooks/recording-status", &Routes::take_recording_status);
  }
  route(router, "POST /status", &Routes::take_call_status);
  route(router, "POST /recording", &Routes::take_recording_status);
}

// --- The API ---

Task<Response> Routes::make_token(Request request) {
  if (auto refusal = check_caller(request)) co_return std::move(*refusal);
  auto who = read_identity(request.body);
  if (!who) co_return failed(400, who.error().message);
  if (auto refusal = check_rate(request)) co_return std::move(*refusal);
  identity::AccessToken token;
  token.account_sid = settings_.account_sid;
  token.key_sid = settings_.key_sid;
  token.identity = std::move(*who);
  token.voice.incoming_allow = true;
  token.voice.outgoing_application_sid = settings_.application_sid;
  const std::string signed_token =
      identity::sign_access_token(token, settings_.key_secret, loop_.wall_now());
  Response response = http::json(200, object{{"success", true}, {"token", signed_token}});
  response.headers.set("Cache-Control", "no-store");
  co_return response;
}

Task<Response> Routes::create_call(Request request) {
  if (auto refusal = check_caller(request)) co_return std::move(*refusal);
  auto terms = read_call_request(request.body);
  if (!terms) co_return failed(400, terms.error().message);
  if (auto refusal = check_rate(request)) co_return std::move(*refusal);
  std::string callbacks = base_url(request);
  auto placing = calls_.place(std::move(*terms), std::move(callbacks));
  const auto placed = co_await std::move(placing);
  if (!placed) co_return failure(placed.error());
  co_return http::json(200, render_placed(*placed));
}

Task<Response> Routes::list_calls(Request request) {
  if (auto refusal = check_caller(request)) co_return std::move(*refusal);
  auto query = read_history_query(form_of(request.query));
  if (!query) co_return failed(400, query.error().message);
  const std::size_t page = query->page;
  const std::size_t limit = query->limit;
  auto reading = calls_.history(std::move(*query));
  const auto history = co_await std::move(reading);
  if (!history) co_return failed(500, "Internal server error");
  base::json::array calls;
  for (const call::LegRecord& leg : history->calls) {
    object call = render_call(leg, loop_.wall_now());
    call["state"] = state_of(leg.status);
    call["createdAt"] = base::to_rfc3339(leg.created);
    calls.push_back(std::move(call));
  }
  const object pages{
      {"page", page},
      {"limit", limit},
      {"total", history->total},
      {"totalPages", (history->total + limit - 1) / limit},
  };
  co_return http::json(
      200, object{{"success", true}, {"calls", std::move(calls)}, {"pagination", pages}}
  );
}

Task<Response> Routes::show_call(Request request) {
  if (auto refusal = check_caller(request)) co_return std::move(*refusal);
  const std::string sid = request.param("callSid").substr(0, max_sid);
  auto finding = calls_.find(sid);
  const auto leg = co_await std::move(finding);
  if (!leg) co_return failure(leg.error());
  auto asking = calls_.told_of(sid);
  const auto told = co_await std::move(asking);
  if (!told) co_return failed(500, "Internal server error");
  object call = render_call(*leg, loop_.wall_now());
  for (const char* name : {"recordingSid", "recordingUrl", "recordingStatus", "recordingStored"})
    if (const auto* value = told->if_contains(name)) call[name] = *value;
  co_return http::json(200, object{{"success", true}, {"call", std::move(call)}});
}

Task<Response> Routes::hang_up(Request request) {
  if (auto refusal = check_caller(request)) co_return std::move(*refusal);
  std::string sid = request.param("callSid").substr(0, max_sid);
  auto ending = calls_.hang_up(std::move(sid));
  const auto leg = co_await std::move(ending);
  if (!leg) co_return failure(leg.error());
  co_return http::json(
      200, object{{"success", true}, {"callSid", leg->sid}, {"status", to_string(leg->status)}}
  );
}

// --- Webhooks ---

Task<Response> Routes::take_call_status(Request request) {
  if (!is_signed(request)) co_return http::text(403, "Forbidden");
  const http::Form form = form_of(request.body);
  StatusReport report;
  report.call_sid = form.value_or("CallSid", "").substr(0, max_sid);
  report.call_status = form.value_or("CallStatus", "").substr(0, max_sid);
  report.sequence_number = form.value_or("SequenceNumber", "").substr(0, max_sid);
  report.duration_s = form.value_or("CallDuration", "").substr(0, max_sid);
  if (report.call_sid.empty() || report.call_status.empty()) co_return http::text(200, "OK");
  auto taking = calls_.take(std::move(report));
  const auto taken = co_await std::move(taking);
  // A webhook that is not stored comes again.
  if (!taken) co_return failed(500, "Internal server error");
  co_return http::text(200, "OK");
}

Task<Response> Routes::take_recording_status(Request request) {
  if (!is_signed(request)) co_return http::text(403, "Forbidden");
  const http::Form form = form_of(request.body);
  RecordingReport report;
  report.call_sid = form.value_or("CallSid", "").substr(0, max_sid);
  report.recording_sid = form.value_or("RecordingSid", "").substr(0, max_sid);
  report.status = form.value_or("RecordingStatus", "").substr(0, max_sid);
  report.url = form.value_or("RecordingUrl", "");
  if (report.recording_sid.empty()) co_return http::text(200, "OK");
  auto taking = calls_.take(std::move(report));
  const auto taken = co_await std::move(taking);
  if (!taken) co_return failed(500, "Internal server error");
  co_return http::text(200, "OK");
}

// --- What stands before them ---

Response Routes::failure(const base::Error& error) const {
  base::log::info("kin.failure", {{"why", error.message}});
  if (!settings_.fitting_statuses) return failed(200, error.message);
  switch (error.code) {
    case base::Errc::not_found:
      return failed(404, error.message);
    case base::Errc::unavailable:
      return failed(503, error.message);
    default:
      return failed(400, error.message);
  }
}

std::optional<Response> Routes::check_caller(const Request& request) const {
  if (settings_.open_doors) return std::nullopt;
  if (settings_.has_session && settings_.has_session(request)) return std::nullopt;
  const auto credentials = http::basic_credentials(request);
  if (credentials && accounts_.check(credentials->user, credentials->secret)) return std::nullopt;
  std::optional<Response> refusal = failed(401, "Unauthorized");
  refusal->headers.set("WWW-Authenticate", R"(Basic realm="KIN")");
  return refusal;
}

std::optional<Response> Routes::check_rate(const Request& request) {
  if (!settings_.rate_per_minute && request.is_loopback()) return std::nullopt;
  const auto wait = callers_.take(request.remote.ip.to_string(), loop_.now());
  if (!wait) return std::nullopt;
  std::optional<Response> refusal = failed(429, "Too many requests");
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait).count();
  refusal->headers.set("Retry-After", std::to_string(seconds));
  return refusal;
}

/// Over the URL that the caller knows: a proxy may have changed scheme and host (rule W4).
bool Routes::is_signed(const Request& request) const {
  const auto signature = request.headers.get("X-Twilio-Signature");
  if (settings_.signatures == Signatures::never) return true;
  // What comes by a proxy comes from the own machine too, so that then nobody goes without.
  const bool has_proxy = !settings_.public_url.empty() || request.headers.has("X-Forwarded-For") ||
                         request.headers.has("Forwarded");
  if (!signature)
    return settings_.signatures == Signatures::automatic && request.is_loopback() && !has_proxy;
  const std::string url = base_url(request) + request.target;
  if (request.content_type() == "application/json")
    return signer_.verify_body(url, request.body, *signature);
  const auto form = http::Form::parse(request.body);
  return form && signer_.verify(url, form->fields(), *signature);
}

std::string Routes::base_url(const Request& request) const {
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

}  // namespace belfry::apps::kin
