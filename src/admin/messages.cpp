#include "admin/messages.hpp"

#include "admin/problem.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"

namespace belfry::admin {
namespace {

using call::MessageRecord;

constexpr std::size_t default_page = 50;
constexpr std::size_t max_page = 200;

base::json::value text_or_null(const std::string& text) {
  return text.empty() ? base::json::value(nullptr) : base::json::value(text);
}

base::json::object render(const MessageRecord& message) {
  base::json::value sent, error;
  if (message.sent) sent = base::to_rfc3339(*message.sent);
  if (message.error_code != 0) error = message.error_code;
  return {
      {"sid", message.sid},
      {"direction", message.outbound() ? "outbound" : "inbound"},
      {"from", message.from},
      {"to", message.to},
      {"body", message.body},
      {"segments", message.segments},
      {"media", message.media_count},
      {"status", to_string(message.status)},
      {"error_code", std::move(error)},
      {"error_message", text_or_null(message.error_message)},
      {"carrier", text_or_null(message.carrier)},
      {"call_sid", base::is_sid(message.origin_sid, "CA") ? base::json::value(message.origin_sid)
                                                          : base::json::value(nullptr)},
      {"created_at", base::to_rfc3339(message.created)},
      {"sent_at", std::move(sent)},
  };
}

std::variant<call::DocumentQuery, Complaints> read_query(const http::Form& form) {
  call::DocumentQuery query;
  query.collection = call::message_collection;
  query.limit = default_page;
  Complaints complaints;
  if (const auto limit = form.get("limit")) {
    query.limit = base::parse_unsigned(*limit).value_or(0);
    if (query.limit < 1 || query.limit > max_page)
      complaints.push_back({"?limit", "range", "limit must be a number from 1 to 200"});
  }
  query.after_key = form.value_or("cursor", "");
  if (!query.after_key.empty() && !base::is_sid(query.after_key, "SM") &&
      !base::is_sid(query.after_key, "MM"))
    complaints.push_back({"?cursor", "invalid", "cursor is not from one of our lists"});
  if (const std::string status = form.value_or("status", ""); !status.empty()) {
    if (!call::parse_message_status(status))
      complaints.push_back({"?status", "invalid", "there is no message status " + status});
    query.members.emplace_back("status", status);
  }
  if (const std::string call_sid = form.value_or("call_sid", ""); !call_sid.empty())
    query.members.emplace_back("origin_sid", call_sid);
  if (!complaints.empty()) return complaints;
  return query;
}

}  // namespace

void Messages::add_to(http::Router& router) {
  router.add("GET /admin/api/messages", [this](http::Request request) {
    return list(std::move(request));
  });
}

base::Task<http::Response> Messages::list(http::Request request) {
  const auto form = http::Form::parse(request.query);
  if (!form) co_return failure(request, form.error());
  auto read = read_query(*form);
  if (const auto* complaints = std::get_if<Complaints>(&read))
    co_return refuse(request, *complaints);
  auto query = std::get<call::DocumentQuery>(std::move(read));
  const std::size_t page = query.limit;
  query.limit = page + 1;  // one more tells whether there is a next page
  auto documents = co_await switchboard_.services().journal.find_documents(std::move(query));
  if (!documents) co_return failure(request, documents.error());
  const bool more = documents->size() > page;
  if (more) documents->resize(page);
  base::json::array items;
  for (const call::Document& document : *documents)
    items.emplace_back(render(MessageRecord::from_document(document)));
  base::json::value cursor;
  if (more) cursor = documents->back().key;
  co_return http::json(
      200, base::json::object{{"items", std::move(items)}, {"nextCursor", std::move(cursor)}}
  );
}

}  // namespace belfry::admin
