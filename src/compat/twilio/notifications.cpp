#include "compat/twilio/notifications.hpp"

#include "call/notifications.hpp"
#include "compat/twilio/documents.hpp"
#include "compat/twilio/rendering.hpp"

namespace belfry::compat::twilio {
namespace {

std::string collection() {
  return std::string(call::Notifications::collection);
}

base::json::object render_notification(const Ask& ask, const call::Document& document) {
  base::json::object json;
  render_identity(document, json);
  json["account_sid"] = document.tag;
  json["api_version"] = "2010-04-01";
  json["call_sid"] = or_null(text_member(document.value, "call_sid"));
  for (const auto* name : {"error_code", "log", "message_text", "request_method", "request_url"})
    json[name] = member(document.value, name);
  json["message_date"] = date(document.created);
  json["more_info"] =
      "https://www.twilio.com/docs/errors/" + text_member(document.value, "error_code");
  json["uri"] = ask.uri("/Notifications/" + document.key + ".json");
  return json;
}

/// As Twilio's Monitor shows the same thing.
base::json::object render_alert(const Ask& ask, const call::Document& document) {
  base::json::object json;
  json["sid"] = document.key;
  json["account_sid"] = document.tag;
  json["alert_text"] = member(document.value, "message_text");
  json["api_version"] = "2010-04-01";
  for (const auto* name : {"date_created", "date_generated", "date_updated"})
    json[name] = iso_date(document.created);
  json["error_code"] = member(document.value, "error_code");
  json["log_level"] = text_member(document.value, "log") == "0" ? "error" : "warning";
  json["more_info"] =
      "https://www.twilio.com/docs/errors/" + text_member(document.value, "error_code");
  json["request_method"] = member(document.value, "request_method");
  json["request_url"] = member(document.value, "request_url");
  json["resource_sid"] = or_null(text_member(document.value, "call_sid"));
  json["service_sid"] = nullptr;
  const std::string url = ask.request.url();
  json["url"] =
      url.substr(0, url.size() - ask.request.target.size()) + "/v1/Alerts/" + document.key;
  return json;
}

void add_exchange(const call::Document& document, base::json::object& json) {
  for (const auto* name : {"request_variables", "response_headers", "response_body"})
    json[name] = member(document.value, name);
}

}  // namespace

void NotificationsResource::add_to(Api& api) {
  for (const std::string path : {"/Notifications", "/Calls/{CallSid}/Notifications"}) {
    api.get(path, this, &NotificationsResource::list);
    api.get(path + "/{Sid}", this, &NotificationsResource::fetch);
  }
  api.get("/v1/Alerts", this, &NotificationsResource::list_alerts);
  api.get("/v1/Alerts/{Sid}", this, &NotificationsResource::fetch_alert);
}

base::Task<http::Response> NotificationsResource::list(Ask ask) {
  call::DocumentQuery query{.collection = collection(), .tag = ask.account.sid};
  if (!ask.param("CallSid").empty()) query.members.emplace_back("call_sid", ask.param("CallSid"));
  const std::string log = ask.parameters.one_of("Log", {"0", "1"});
  if (!log.empty()) query.members.emplace_back("log", log);
  const TimeSpan dates = ask.parameters.times("MessageDate");
  query.created_from = dates.from;
  query.created_before = dates.before;
  return list_documents(
      std::move(ask), context_.journal(), std::move(query), "notifications", render_notification
  );
}

base::Task<http::Response> NotificationsResource::fetch(Ask ask) {
  auto found = co_await find_document(context_, collection(), ask.param("Sid"), ask.account.sid);
  if (!found) co_return refusal(found.error());
  if (!*found) co_return ask.not_found();
  const std::string& call_sid = ask.param("CallSid");
  if (!call_sid.empty() && text_member((*found)->value, "call_sid") != call_sid)
    co_return ask.not_found();
  base::json::object json = render_notification(ask, **found);
  add_exchange(**found, json);
  co_return http::json(200, json);
}

base::Task<http::Response> NotificationsResource::list_alerts(Ask ask) {
  call::DocumentQuery query{.collection = collection(), .tag = ask.account.sid};
  const std::string level = ask.parameters.one_of("LogLevel", {"error", "warning"});
  if (!level.empty()) query.members.emplace_back("log", level == "error" ? "0" : "1");
  const auto from = parse_moment(ask.parameters.text("StartDate"));
  const auto until = parse_moment(ask.parameters.text("EndDate"));
  if (from) query.created_from = from->at;
  if (until) query.created_before = until->at;
  const PageRequest request = PageRequest::read(ask.parameters);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  const auto loaded = co_await load_page(context_.journal(), std::move(query), request);
  if (!loaded) co_return refusal(loaded.error());
  Page page;
  page.more = loaded->more;
  for (const call::Document& document : loaded->documents) {
    if (page.first_sid.empty()) page.first_sid = document.key;
    page.last_sid = document.key;
    page.items.emplace_back(render_alert(ask, document));
  }
  co_return render_meta_page(ask, "alerts", request, std::move(page));
}

base::Task<http::Response> NotificationsResource::fetch_alert(Ask ask) {
  auto found = co_await find_document(context_, collection(), ask.param("Sid"), ask.account.sid);
  if (!found) co_return refusal(found.error());
  if (!*found) co_return ask.not_found();
  base::json::object json = render_alert(ask, **found);
  add_exchange(**found, json);
  co_return http::json(200, json);
}

}  // namespace belfry::compat::twilio
