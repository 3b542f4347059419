#include "compat/twilio/queues.hpp"

#include "compat/twilio/paging.hpp"
#include "compat/twilio/rendering.hpp"

namespace belfry::compat::twilio {
namespace {

base::json::object render_member(const call::QueueRecord& queue, const call::QueueWait& member) {
  base::json::object json;
  json["call_sid"] = member.call_sid;
  json["queue_sid"] = queue.sid;
  json["date_enqueued"] = date(member.enqueued);
  json["position"] = member.position;
  json["wait_time"] = member.wait_s;
  json["uri"] = "/2010-04-01/Accounts/" + queue.account_sid + "/Queues/" + queue.sid + "/Members/" +
                member.call_sid + ".json";
  return json;
}

std::string read_name(Parameters& parameters) {
  return parameters.limited("FriendlyName", call::max_queue_name);
}

std::uint32_t read_size(Parameters& parameters, std::uint32_t otherwise) {
  return static_cast<std::uint32_t>(
      parameters.integer("MaxSize", otherwise, 1, call::max_queue_size)
  );
}

}  // namespace

void QueuesResource::add_to(Api& api) {
  api.get("/Queues", this, &QueuesResource::list);
  api.post("/Queues", this, &QueuesResource::create);
  api.get("/Queues/{QueueSid}", this, &QueuesResource::fetch);
  api.post("/Queues/{QueueSid}", this, &QueuesResource::update);
  api.remove("/Queues/{QueueSid}", this, &QueuesResource::remove);
  api.get("/Queues/{QueueSid}/Members", this, &QueuesResource::list_members);
  api.get("/Queues/{QueueSid}/Members/{CallSid}", this, &QueuesResource::fetch_member);
  api.post("/Queues/{QueueSid}/Members/{CallSid}", this, &QueuesResource::update_member);
}

const call::QueueRecord* QueuesResource::queue(const Ask& ask) const {
  const call::QueueRecord* found = queues().find(ask.param("QueueSid"));
  return found != nullptr && found->account_sid == ask.account.sid ? found : nullptr;
}

base::json::object QueuesResource::render_queue(const call::QueueRecord& queue) const {
  const std::string path = "/2010-04-01/Accounts/" + queue.account_sid + "/Queues/" + queue.sid;
  base::json::object json;
  json["sid"] = queue.sid;
  json["account_sid"] = queue.account_sid;
  json["friendly_name"] = queue.name;
  json["max_size"] = queue.max_size;
  json["current_size"] = queues().waiting(queue.sid).size();
  json["average_wait_time"] = queues().average_wait_s(queue.sid);
  json["date_created"] = date(queue.created);
  json["date_updated"] = date(queue.updated);
  json["uri"] = path + ".json";
  json["subresource_uris"] = subresources(path, {"members"});
  return json;
}

base::Task<http::Response> QueuesResource::list(Ask ask) {
  call::DocumentQuery query{.collection = std::string(call::queue_collection)};
  query.members.emplace_back("account_sid", ask.account.sid);
  RenderDocument renderer = [this](const Ask&, const call::Document& document) {
    return render_queue(call::QueueRecord::from_document(document));
  };
  base::Task<http::Response> listing = list_documents(
      std::move(ask), context_.journal(), std::move(query), "queues", std::move(renderer)
  );
  co_return co_await std::move(listing);
}

base::Task<http::Response> QueuesResource::create(Ask ask) {
  ask.parameters.required("FriendlyName", 20001);
  std::string name = read_name(ask.parameters);
  const std::uint32_t size = read_size(ask.parameters, call::default_queue_size);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  const auto made = co_await queues().create(ask.account.sid, std::move(name), size);
  if (!made) co_return refusal(made.error());
  co_return http::json(201, render_queue(*made));
}

base::Task<http::Response> QueuesResource::fetch(Ask ask) {
  const call::QueueRecord* found = queue(ask);
  if (found == nullptr) co_return ask.not_found();
  co_return http::json(200, render_queue(*found));
}

base::Task<http::Response> QueuesResource::update(Ask ask) {
  const call::QueueRecord* found = queue(ask);
  if (found == nullptr) co_return ask.not_found();
  call::Queues::Update update;
  if (std::string name = read_name(ask.parameters); !name.empty()) update.name = std::move(name);
  update.max_size = read_size(ask.parameters, found->max_size);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  const auto changed = co_await queues().update(ask.param("QueueSid"), std::move(update));
  if (!changed) co_return refusal(changed.error());
  co_return http::json(200, render_queue(*changed));
}

base::Task<http::Response> QueuesResource::remove(Ask ask) {
  const call::QueueRecord* found = queue(ask);
  if (found == nullptr) co_return ask.not_found();
  if (!queues().waiting(found->sid).empty())
    co_return refusal(20009, "Somebody waits in the queue: it cannot be deleted");
  const auto removed = co_await queues().remove(ask.param("QueueSid"));
  if (!removed) co_return refusal(removed.error());
  co_return http::empty(204);
}

base::Task<http::Response> QueuesResource::list_members(Ask ask) {
  const PageRequest request = PageRequest::read(ask.parameters);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  const call::QueueRecord* found = queue(ask);
  if (found == nullptr) co_return ask.not_found();
  Page page;
  const std::vector<call::QueueWait> all = queues().waiting(found->sid);
  const auto sid_of = [](const call::QueueWait& member) { return member.call_sid; };
  for (const call::QueueWait& member : slice(all, request, sid_of, page.more)) {
    if (page.first_sid.empty()) page.first_sid = member.call_sid;
    page.last_sid = member.call_sid;
    page.items.emplace_back(render_member(*found, member));
  }
  co_return render_page(ask, "queue_members", request, std::move(page));
}

base::Task<http::Response> QueuesResource::fetch_member(Ask ask) {
  const call::QueueRecord* found = queue(ask);
  if (found == nullptr) co_return ask.not_found();
  const auto member = queues().find_waiting(found->sid, ask.param("CallSid"));
  if (!member) co_return ask.not_found();
  co_return http::json(200, render_member(*found, *member));
}

base::Task<http::Response> QueuesResource::update_member(Ask ask) {
  ask.parameters.required("Url", 21205);
  const std::string url = ask.parameters.url("Url");
  const std::string method = ask.parameters.method("Method");
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  const call::QueueRecord* found = queue(ask);
  if (found == nullptr) co_return ask.not_found();
  const auto member = queues().find_waiting(found->sid, ask.param("CallSid"));
  if (!member) co_return ask.not_found();
  call::Leg* leg = context_.switchboard.find(member->call_sid);
  if (leg == nullptr || leg->ended()) co_return ask.not_found();
  leg->redirect({"twiml", {{"url", url}, {"method", method}}});
  co_return http::json(200, render_member(*found, *member));
}

}  // namespace belfry::compat::twilio
