#include "apps/flux/notifications.hpp"

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "call/destination_policy.hpp"
#include "call/outbox.hpp"

namespace belfry::apps::flux {
namespace {

constexpr const char* notification_collection = "flux.notification";
constexpr const char* response_collection = "flux.response";
constexpr const char* application = "flux";

std::string text_of(const base::json::object& document, std::string_view member) {
  const auto* text = base::json::find_string(document, member);
  return text == nullptr ? std::string() : std::string(text->c_str(), text->size());
}

base::json::value text_or_null(const std::string& text) {
  return text.empty() ? base::json::value(nullptr) : base::json::value(text);
}

Response to_response(const call::Document& document) {
  const auto* acknowledged = base::json::find(document.value, "acknowledged");
  return {
      document.key, document.tag, text_of(document.value, "digits"),
      acknowledged != nullptr && acknowledged->is_bool() && acknowledged->get_bool(),
      document.created
  };
}

/// What is spoken of a title: a form field cannot carry NUL, and nobody can say DEL or ESC.
std::string without_controls(std::string text) {
  std::erase_if(text, [](char character) {
    const auto byte = static_cast<unsigned char>(character);
    return (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7f;
  });
  return text;
}

std::string twiml_url(const CallRequest& request, const std::string& base_url) {
  std::string url = base_url + "/notifications/call/twiml?task_title=" +
                    base::percent_encode(without_controls(request.task_title));
  if (request.task_id) url += "&task_id=" + base::percent_encode(*request.task_id);
  return url;
}

}  // namespace

base::json::object Notification::to_json() const {
  return {
      {"call_sid", call_sid},
      {"task_id", text_or_null(task_id)},
      {"task_title", task_title},
      {"to", to},
      {"status", status},
      {"acknowledged", response && response->acknowledged},
      {"digits", response ? base::json::value(response->digits) : base::json::value(nullptr)},
      {"processed_at", response ? base::json::value(base::to_rfc3339(response->processed))
                                : base::json::value(nullptr)},
      {"initiated_at", base::to_rfc3339_seconds(initiated)},
      {"end_reason", text_or_null(end_reason)},
  };
}

Notifications::Notifications(
    base::Loop& loop, base::Random& random, call::Switchboard& switchboard, Settings settings
)
    : loop_(loop), random_(random), switchboard_(switchboard), settings_(std::move(settings)) {
  subscription_ = switchboard_.services().feed.subscribe(
      [this](const call::LegRecord& leg, const call::EventRecord& event) {
        const bool of_interest =
            event.type.starts_with("call.") || event.type == "task.acknowledged";
        if (on_change_ && leg.application == application && of_interest) on_change_(leg.sid);
      }
  );
}

base::Result<> Notifications::admit_now(const call::Party& party) const {
  const call::DestinationPolicy* destinations = switchboard_.services().destinations;
  if (destinations == nullptr || !destinations->is_paid(party)) return {};
  return settings_.hours.admit(party.address, loop_.wall_now());
}

base::Task<base::Result<call::LegRecord>> Notifications::place(
    CallRequest request, std::string base_url
) {
  const auto party = call::Party::parse(request.phone_number);
  if (!party) co_return base::fail(party.error());
  const auto now_fits = admit_now(*party);
  if (!now_fits) co_return base::fail(now_fits.error());
  call::PlaceCall terms;
  terms.to = *party;
  terms.from = settings_.from;
  terms.application = application;
  terms.ring_timeout = settings_.ring_timeout;
  terms.program = {
      "twiml",
      {{"url", twiml_url(request, base_url)}, {"method", "POST"}, {"own_application", true}}
  };
  terms.status_callback.url = base_url + "/notifications/call/status";
  terms.status_callback.own_application = true;
  call::Document document;
  document.collection = notification_collection;
  document.tag = request.task_id.value_or("");
  document.value =
      base::json::object{{"task_title", request.task_title}, {"to", request.phone_number}};
  terms.documents.push_back(std::move(document));
  co_return co_await switchboard_.place(std::move(terms));
}

base::Task<base::Result<bool>> Notifications::respond(
    std::string call_sid, std::string task_id, std::string digits, bool machine
) {
  const bool acknowledged = digits == "1" && !machine;
  const base::WallTime now = loop_.wall_now();
  call::Changes changes;
  call::Document response;
  response.collection = response_collection;
  response.key = call_sid;
  response.tag = task_id;
  response.created = now;
  response.value = base::json::object{{"digits", digits}, {"acknowledged", acknowledged}};
  changes.new_documents.push_back(std::move(response));
  const base::json::object data{
      {"task_id", text_or_null(task_id)}, {"call_sid", call_sid}, {"digits", digits}
  };
  if (acknowledged && !settings_.webhook_url.empty()) {
    call::Delivery delivery;
    delivery.id = base::make_uuid(random_);
    delivery.order_key = call_sid;
    delivery.kind = "task.acknowledged";
    delivery.url = settings_.webhook_url;
    delivery.content_type = "application/json";
    delivery.body = base::json::serialize(base::json::object{
        {"type", "task.acknowledged"}, {"timestamp", base::to_rfc3339(now)}, {"data", data}
    });
    delivery.signature = call::Delivery::Signature::standard;
    delivery.created = delivery.next_attempt = now;
    changes.deliveries.push_back(std::move(delivery));
  }
  const base::Result<> stored = co_await switchboard_.services().journal.commit(std::move(changes));
  if (!stored && stored.error().code == base::Errc::conflict) {  // the first one counts
    const auto first =
        co_await switchboard_.services().journal.find_document(response_collection, call_sid);
    if (!first) co_return base::fail(first.error());
    co_return *first&& to_response(**first).acknowledged;
  }
  if (!stored) co_return base::fail(stored.error());
  if (acknowledged) {
    switchboard_.services().outbox.wake();
    base::log::info("task.acknowledged", {{"call", call_sid}});
    if (call::Leg* leg = switchboard_.find(call_sid)) leg->note("task.acknowledged", data);
  }
  co_return acknowledged;
}

base::Task<base::Result<Notification>> Notifications::assemble(call::Document document) {
  call::Journal& journal = switchboard_.services().journal;
  Notification result;
  result.call_sid = document.key;
  result.task_id = document.tag;
  result.task_title = text_of(document.value, "task_title");
  result.to = text_of(document.value, "to");
  result.initiated = document.created;
  const auto leg = co_await journal.find_leg(document.key);
  if (!leg) co_return base::fail(leg.error());
  if (*leg) {
    result.status = to_string((*leg)->status);
    result.end_reason = (*leg)->end_reason;
  }
  auto response = co_await journal.find_document(response_collection, document.key);
  if (!response) co_return base::fail(response.error());
  if (*response) result.response = to_response(**response);
  co_return result;
}

base::Task<base::Result<std::optional<Notification>>> Notifications::find(std::string call_sid) {
  auto document =
      co_await switchboard_.services().journal.find_document(notification_collection, call_sid);
  if (!document) co_return base::fail(document.error());
  if (!*document) co_return std::optional<Notification>();
  auto notification = co_await assemble(std::move(**document));
  if (!notification) co_return base::fail(notification.error());
  co_return std::optional<Notification>(std::move(*notification));
}

base::Task<base::Result<std::vector<Notification>>> Notifications::list(
    std::string task_id, std::size_t limit
) {
  call::DocumentQuery query;
  query.collection = notification_collection;
  query.tag = std::move(task_id);
  query.limit = limit;
  auto documents = co_await switchboard_.services().journal.find_documents(std::move(query));
  if (!documents) co_return base::fail(documents.error());
  std::vector<Notification> result;
  for (call::Document& document : *documents) {
    auto notification = co_await assemble(std::move(document));
    if (!notification) co_return base::fail(notification.error());
    result.push_back(std::move(*notification));
  }
  co_return result;
}

}  // namespace belfry::apps::flux
