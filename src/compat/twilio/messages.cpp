#include "compat/twilio/messages.hpp"

#include "base/ids.hpp"
#include "compat/twilio/messaging_services.hpp"
#include "compat/twilio/paging.hpp"
#include "compat/twilio/rendering.hpp"

namespace belfry::compat::twilio {
namespace {

using call::MessageMedium;
using call::MessageRecord;
using call::MessageStatus;

constexpr std::string_view feedback_collection = "message_feedback";

std::string path_of(std::string_view account_sid, std::string_view message_sid) {
  return "/2010-04-01/Accounts/" + std::string(account_sid) + "/Messages/" +
         std::string(message_sid);
}

base::json::object render_medium(const MessageMedium& medium) {
  base::json::object json;
  json["sid"] = medium.sid;
  json["account_sid"] = medium.account_sid;
  json["parent_sid"] = medium.message_sid;
  json["content_type"] = medium.content_type;
  json["date_created"] = date(medium.created);
  json["date_updated"] = date(medium.created);
  json["uri"] = path_of(medium.account_sid, medium.message_sid) + "/Media/" + medium.sid + ".json";
  return json;
}

/// Twilio's words to ours.
call::SendMessage to_message(const Ask& ask, Parameters& parameters) {
  call::SendMessage message;
  message.account_sid = ask.account.sid;
  message.to = parameters.text("To");
  message.from = parameters.text("From");
  message.messaging_service_sid = parameters.text("MessagingServiceSid");
  message.body = parameters.text("Body");
  message.media_urls = parameters.repeated("MediaUrl");
  message.status_callback = parameters.text("StatusCallback");
  message.validity =
      std::chrono::seconds(parameters.integer("ValidityPeriod", 36'000, 1, 36'000, 21624));
  parameters.check_amount("MaxPrice", 21627);  // nothing has a price here that could be above it
  message.smart_encoded = parameters.flag("SmartEncoded");
  const bool scheduled = !parameters.one_of("ScheduleType", {"fixed"}, "", 35117).empty();
  const std::string send_at = parameters.text("SendAt");
  const auto moment = parse_moment(send_at);
  if (scheduled && (!moment || moment->is_day)) parameters.refuse(35111);
  if (!scheduled && !send_at.empty()) parameters.refuse(35117, "SendAt needs ScheduleType=fixed");
  if (scheduled && moment) message.send_at = moment->at;
  if (!message.messaging_service_sid.empty() && !base::is_sid(message.messaging_service_sid, "MG"))
    parameters.refuse(21701);
  return message;
}

}  // namespace

base::json::object render_message(const MessageRecord& message) {
  const std::string path = path_of(message.account_sid, message.sid);
  base::json::object json;
  json["sid"] = message.sid;
  json["account_sid"] = message.account_sid;
  json["messaging_service_sid"] = or_null(message.messaging_service_sid);
  json["api_version"] = "2010-04-01";
  json["body"] = message.body;
  json["direction"] = call::to_string(message.direction);
  // A messaging service has not picked its sender yet.
  const bool no_sender =
      message.status == MessageStatus::accepted || message.status == MessageStatus::scheduled;
  json["from"] = no_sender ? base::json::value(nullptr) : or_null(message.from);
  json["to"] = message.to;
  json["status"] = call::to_string(message.status);
  json["error_code"] =
      message.error_code == 0 ? base::json::value(nullptr) : base::json::value(message.error_code);
  json["error_message"] = or_null(message.error_message);
  json["num_segments"] = std::to_string(no_sender ? 0 : message.segments);
  json["num_media"] = std::to_string(message.media_count);
  json["price"] = nullptr;
  json["price_unit"] = "USD";
  json["date_created"] = date(message.created);
  json["date_updated"] = date(message.updated);
  json["date_sent"] = date(message.sent);
  json["uri"] = path + ".json";
  json["subresource_uris"] = subresources(path, {"media", "feedback"});
  return json;
}

void MessagesResource::add_to(Api& api) {
  api.post("/Messages", this, &MessagesResource::create);
  api.get("/Messages", this, &MessagesResource::list);
  api.get("/Messages/{Sid}", this, &MessagesResource::fetch);
  api.post("/Messages/{Sid}", this, &MessagesResource::update);
  api.remove("/Messages/{Sid}", this, &MessagesResource::remove);
  api.get("/Messages/{MessageSid}/Media", this, &MessagesResource::list_media);
  // Without ".json" it is the file itself.
  api.get("/Messages/{MessageSid}/Media/{Sid}.json", this, &MessagesResource::fetch_medium);
  api.remove("/Messages/{MessageSid}/Media/{Sid}", this, &MessagesResource::remove_medium);
  api.post("/Messages/{MessageSid}/Feedback", this, &MessagesResource::give_feedback);
}

base::Task<base::Result<>> MessagesResource::choose_service(call::SendMessage& message) {
  const auto service = co_await find_messaging_service(
      context_.journal(), message.account_sid, message.messaging_service_sid
  );
  if (!service) co_return base::fail(service.error());
  if (!*service) {
    const ApiError unknown = error(21701);
    co_return base::fail(base::Errc::not_found, unknown.message, unknown.code);
  }
  if (message.status_callback.empty()) message.status_callback = (*service)->status_callback;
  message.smart_encoded = message.smart_encoded || (*service)->smart_encoding;
  message.senders = (*service)->numbers;
  co_return base::Result<>{};
}

base::Task<http::Response> MessagesResource::create(Ask ask) {
  call::SendMessage message = to_message(ask, ask.parameters);
  const std::string application = ask.parameters.text("ApplicationSid");
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  if (!application.empty() && message.status_callback.empty()) {
    const call::Document* found = context_.directory.application(application);
    if (found != nullptr && found->tag == ask.account.sid) {
      message.status_callback = text_member(found->value, "message_status_callback");
      if (message.status_callback.empty())
        message.status_callback = text_member(found->value, "sms_status_callback");
    }
  }
  if (!message.messaging_service_sid.empty()) {
    const auto chosen = co_await choose_service(message);
    if (!chosen) co_return refusal(chosen.error());
  }
  const auto sent = co_await messages().send(std::move(message));
  if (!sent) co_return refusal(sent.error());
  co_return http::json(201, render_message(*sent));
}

base::Task<http::Response> MessagesResource::list(Ask ask) {
  call::DocumentQuery query{
      .collection = std::string(call::message_collection), .tag = ask.account.sid
  };
  for (const auto& [parameter, member] : {std::pair{"To", "to"}, {"From", "from"}}) {
    std::string number = ask.parameters.text(parameter);
    if (number.starts_with(' ')) number.front() = '+';  // a plus that was not escaped
    if (!number.empty()) query.members.emplace_back(member, std::move(number));
  }
  const TimeSpan sent = ask.parameters.times("DateSent");
  query.created_from = sent.from;
  query.created_before = sent.before;
  const auto render = [](const Ask&, const call::Document& document) {
    return render_message(MessageRecord::from_document(document));
  };
  co_return co_await list_documents(
      std::move(ask), context_.journal(), std::move(query), "messages", render
  );
}

base::Task<http::Response> MessagesResource::fetch(Ask ask) {
  const auto found = co_await messages().find(ask.account.sid, ask.param("Sid"));
  if (!found && found.error().code == base::Errc::not_found) co_return ask.not_found();
  if (!found) co_return refusal(found.error());
  co_return http::json(200, render_message(*found));
}

base::Task<http::Response> MessagesResource::update(Ask ask) {
  const auto body = ask.parameters.given("Body");
  const std::string status = ask.parameters.one_of("Status", {"canceled"});
  if (body && !body->empty()) ask.parameters.refuse(20001, "Body can only be made empty");
  if (!body && status.empty()) ask.parameters.refuse(20001, "Body or Status is required");
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  base::Task<base::Result<MessageRecord>> changing =
      status.empty() ? messages().redact(ask.account.sid, ask.param("Sid"))
                     : messages().cancel(ask.account.sid, ask.param("Sid"));
  const auto changed = co_await std::move(changing);
  if (!changed && changed.error().code == base::Errc::not_found) co_return ask.not_found();
  if (!changed) co_return refusal(changed.error());
  co_return http::json(200, render_message(*changed));
}

base::Task<http::Response> MessagesResource::remove(Ask ask) {
  const auto removed = co_await messages().remove(ask.account.sid, ask.param("Sid"));
  if (!removed && removed.error().code == base::Errc::not_found) co_return ask.not_found();
  if (!removed) co_return refusal(removed.error());
  co_return http::empty(204);
}

base::Task<http::Response> MessagesResource::list_media(Ask ask) {
  const std::string sid = ask.param("MessageSid");
  const auto message = co_await messages().find(ask.account.sid, sid);
  if (!message) co_return ask.not_found();
  call::DocumentQuery query{.collection = std::string(call::message_media_collection), .tag = sid};
  const TimeSpan made = ask.parameters.times("DateCreated");
  query.created_from = made.from;
  query.created_before = made.before;
  const auto render = [](const Ask&, const call::Document& document) {
    return render_medium(MessageMedium::from_document(document));
  };
  co_return co_await list_documents(
      std::move(ask), context_.journal(), std::move(query), "media_list", render
  );
}

base::Task<http::Response> MessagesResource::fetch_medium(Ask ask) {
  const auto message = co_await messages().find(ask.account.sid, ask.param("MessageSid"));
  if (!message) co_return ask.not_found();
  const auto medium = co_await messages().find_medium(message->sid, ask.param("Sid"));
  if (!medium) co_return refusal(medium.error());
  if (!*medium) co_return ask.not_found();
  co_return http::json(200, render_medium(**medium));
}

base::Task<http::Response> MessagesResource::remove_medium(Ask ask) {
  const auto message = co_await messages().find(ask.account.sid, ask.param("MessageSid"));
  if (!message) co_return ask.not_found();
  const auto removed = co_await messages().remove_medium(message->sid, ask.param("Sid"));
  if (!removed && removed.error().code == base::Errc::not_found) co_return ask.not_found();
  if (!removed) co_return refusal(removed.error());
  co_return http::empty(204);
}

base::Task<http::Response> MessagesResource::give_feedback(Ask ask) {
  const std::string outcome =
      ask.parameters.one_of("Outcome", {"confirmed", "unconfirmed"}, "confirmed");
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  const auto message = co_await messages().find(ask.account.sid, ask.param("MessageSid"));
  if (!message) co_return ask.not_found();
  const base::WallTime now = context_.loop.wall_now();
  call::Changes changes;
  changes.documents.push_back(
      {std::string(feedback_collection),
       message->sid,
       ask.account.sid,
       {{"account_sid", ask.account.sid}, {"outcome", outcome}},
       now}
  );
  const auto stored = co_await context_.journal().commit(std::move(changes));
  if (!stored) co_return refusal(stored.error());
  base::json::object json;
  json["account_sid"] = ask.account.sid;
  json["message_sid"] = message->sid;
  json["outcome"] = outcome;
  json["date_created"] = date(now);
  json["date_updated"] = date(now);
  json["uri"] = path_of(ask.account.sid, message->sid) + "/Feedback.json";
  co_return http::json(200, json);
}

// --- Files ---

namespace {

base::Task<http::Response> give_file(http::Request request, call::Messages& messages) {
  const auto message =
      co_await messages.find(request.param("AccountSid"), request.param("MessageSid"));
  if (!message) co_return not_found(request);
  const auto medium = co_await messages.find_medium(message->sid, request.param("Sid"));
  if (!medium) co_return refusal(medium.error());
  if (!*medium) co_return not_found(request);
  auto bytes = co_await messages.read_medium((*medium)->sid);
  if (!bytes) co_return not_found(request);
  http::Response response = http::empty(200);
  response.body = std::move(*bytes);
  response.headers.set("Content-Type", (*medium)->content_type);
  // It is somebody else's file: never run as a page of ours (rule H5).
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Content-Security-Policy", "default-src 'none'; sandbox");
  const bool is_picture = (*medium)->content_type.starts_with("image/") &&
                          !(*medium)->content_type.starts_with("image/svg");
  if (!is_picture) response.headers.set("Content-Disposition", "attachment");
  co_return response;
}

}  // namespace

void add_message_files(http::Router& router, call::Messages& messages) {
  router.add(
      "GET /2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media/{Sid}",
      [&messages](http::Request request) { return give_file(std::move(request), messages); }
  );
}

}  // namespace belfry::compat::twilio
