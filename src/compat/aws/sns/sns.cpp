#include "compat/aws/sns/sns.hpp"

#include "call/json_members.hpp"

namespace belfry::compat::aws::sns {

Failure invalid_parameter(std::string_view parameter, std::string_view reason) {
  return {
      400, "InvalidParameter",
      "Invalid parameter: " + std::string(parameter) + " Reason: " + std::string(reason)
  };
}

Failure to_failure(const base::Error& error, const std::string& number) {
  constexpr int opted_out = 21610;
  constexpr int too_long = 21617;
  if (error.detail == opted_out) return invalid_parameter("PhoneNumber", number + " is opted out");
  if (error.detail == too_long) return invalid_parameter("Message", "it exceeds 1600 characters");
  if (error.code == base::Errc::unavailable)
    return {429, "Throttled", error.message, "ThrottledException"};
  if (error.code == base::Errc::invalid_argument || error.code == base::Errc::refused ||
      error.code == base::Errc::forbidden)
    return invalid_parameter("PhoneNumber", error.message);
  return {500, "InternalError", error.message, "InternalErrorException"};
}

void Sns::add_to(Door& door) {
  ServiceName name{"sns"};
  name.xml_namespace = "http://sns.amazonaws.com/doc/2010-03-31/";
  name.throttled = {429, "Throttled", "Rate exceeded", "ThrottledException"};
  door.add(std::move(name));
  const auto add = [&](std::string operation, Door::Member<Sns> member) {
    door.operation("sns", std::move(operation), Door::bind(this, member));
  };
  add("Publish", &Sns::publish);
  add("SetSMSAttributes", &Sns::set_attributes);
  add("GetSMSAttributes", &Sns::get_attributes);
  add("CheckIfPhoneNumberIsOptedOut", &Sns::check_opted_out);
  add("ListPhoneNumbersOptedOut", &Sns::list_opted_out);
  add("OptInPhoneNumber", &Sns::opt_in);
  add("ListOriginationNumbers", &Sns::list_origination_numbers);
  add("GetSMSSandboxAccountStatus", &Sns::sandbox_status);
}

base::Task<Answer> Sns::set_attributes(Call call) {
  const auto given = call.input().object("attributes");
  if (given.empty()) co_return std::unexpected(invalid_parameter("attributes", "none is given"));
  const auto set = co_await attributes_.set(call.account_sid, given);
  if (set) co_return Answer(base::json::object());
  if (set.error().code == base::Errc::invalid_argument)
    co_return std::unexpected(Failure{400, "InvalidParameter", set.error().message});
  co_return std::unexpected(to_failure(set.error(), ""));
}

base::Task<Answer> Sns::get_attributes(Call call) {
  const auto all = co_await attributes_.get(call.account_sid);
  if (!all) co_return std::unexpected(to_failure(all.error(), ""));
  const auto wanted = call.input().texts("attributes");
  base::json::object chosen;
  for (const auto& [name, value] : *all)
    if (wanted.empty() || std::ranges::find(wanted, std::string_view(name)) != wanted.end())
      chosen[name] = value;
  co_return Answer(base::json::object{{"attributes", map_of(std::move(chosen))}});
}

base::Task<Answer> Sns::list_origination_numbers(Call call) {
  constexpr std::size_t page = 30;
  call::DocumentQuery query{.collection = std::string(call::NumberDirectory::numbers)};
  query.tag = call.account_sid;
  query.after_key = call.input().text("NextToken");
  query.limit = static_cast<std::size_t>(call.input().number("MaxResults").value_or(page));
  if (query.limit < 1 || query.limit > page)
    co_return std::unexpected(invalid_parameter("MaxResults", "it must be 1 to 30"));
  const std::size_t limit = query.limit;
  const auto found = co_await environment_.journal.find_documents(std::move(query));
  if (!found) co_return std::unexpected(to_failure(found.error(), ""));
  base::json::array numbers;
  for (const call::Document& number : *found)
    numbers.emplace_back(base::json::object{
        {"CreatedAt", timestamp(number.created)},
        {"PhoneNumber", call::text_member(number.value, "phone_number")},
        {"Status", "Active"},
        {"RouteType", "Transactional"},
        {"NumberCapabilities", base::json::array{"SMS", "MMS", "VOICE"}},
    });
  base::json::object answer{{"PhoneNumbers", std::move(numbers)}};
  if (found->size() == limit) answer["NextToken"] = found->back().key;
  co_return answer;
}

base::Task<Answer> Sns::sandbox_status(Call) {
  co_return Answer(base::json::object{{"IsInSandbox", false}});
}

}  // namespace belfry::compat::aws::sns
