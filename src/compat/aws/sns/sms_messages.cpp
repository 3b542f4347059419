#include "call/json_members.hpp"
#include "compat/aws/sns/sns.hpp"
#include "http/form.hpp"

namespace belfry::compat::aws::sns {
namespace {

constexpr std::size_t page = 500;
constexpr std::string_view path = "/_aws/sns/sms-messages";

/// Which messages a request is about: `accountId`, `region`, `phoneNumber`.
call::DocumentQuery read_query(const http::Request& request) {
  const auto form = http::Form::parse(request.query).value_or(http::Form());
  call::DocumentQuery query{.collection = std::string(message_collection), .limit = page};
  for (const auto& [parameter, member] :
       {std::pair{"accountId", "account"}, std::pair{"region", "region"},
        std::pair{"phoneNumber", "PhoneNumber"}})
    if (const auto wanted = form.get(parameter)) query.members.emplace_back(member, *wanted);
  return query;
}

http::Response not_from_here() {
  return http::problem(403, "this path answers on the machine itself only");
}

}  // namespace

void Sns::add_to(http::Router& router) {
  router.add("GET " + std::string(path), [this](http::Request request) {
    return list_messages(std::move(request));
  });
  router.add("DELETE " + std::string(path), [this](http::Request request) {
    return forget_messages(std::move(request));
  });
}

base::Task<base::Result<>> Sns::note(const Call& call, std::string message_id, std::string number) {
  call::Document document{std::string(message_collection), message_id, call.account_sid, {}, {}};
  document.created = environment_.loop.wall_now();
  document.value = {
      {"account", call.account_id},
      {"region", call.region},
      {"PhoneNumber", std::move(number)},
      {"MessageId", message_id},
      {"Message", call.input().text("Message")},
      {"MessageAttributes", call.input().object("MessageAttributes")},
      {"MessageStructure", call.input().text("MessageStructure")},
      {"Subject", call.input().text("Subject")},
  };
  call::Changes changes;
  changes.documents.push_back(std::move(document));
  return environment_.journal.commit(std::move(changes));
}

base::Task<http::Response> Sns::list_messages(http::Request request) {
  if (!request.is_loopback()) co_return not_from_here();
  const auto form = http::Form::parse(request.query).value_or(http::Form());
  const auto found = co_await environment_.journal.find_documents(read_query(request));
  if (!found) co_return http::problem(503, found.error().message);
  base::json::object by_number;
  for (auto document = found->rbegin(); document != found->rend(); ++document) {
    const std::string number = call::text_member(document->value, "PhoneNumber");
    base::json::value& messages = by_number[number];
    if (!messages.is_array()) messages.emplace_array();
    base::json::object shown{{"TopicArn", nullptr}, {"SubscriptionArn", nullptr}};
    for (const auto& [name, value] : document->value) {
      if (name == "account" || name == "region") continue;
      const bool nothing = value.is_string() && value.get_string().empty();
      shown[name] = nothing ? base::json::value(nullptr) : value;
    }
    messages.get_array().push_back(std::move(shown));
  }
  if (const auto wanted = form.get("phoneNumber"); wanted && !by_number.contains(*wanted))
    by_number[*wanted].emplace_array();
  co_return http::json(
      200,
      base::json::object{
          {"sms_messages", std::move(by_number)},
          {"region", form.value_or("region", "us-east-1")},
      }
  );
}

base::Task<http::Response> Sns::forget_messages(http::Request request) {
  if (!request.is_loopback()) co_return not_from_here();
  while (true) {
    const auto found = co_await environment_.journal.find_documents(read_query(request));
    if (!found) co_return http::problem(503, found.error().message);
    call::Changes changes;
    for (const call::Document& document : *found)
      changes.removed_documents.push_back({document.collection, document.key});
    if (changes.empty()) co_return http::empty(204);
    const auto stored = co_await environment_.journal.commit(std::move(changes));
    if (!stored) co_return http::problem(503, stored.error().message);
  }
}

}  // namespace belfry::compat::aws::sns
