#include "call/opt_out.hpp"

#include <set>

#include "call/json_members.hpp"
#include "compat/aws/sns/sns.hpp"

/// Who wrote STOP to one number of an account has opted out of the account's messages, as SNS sees
/// it (rule P2).
namespace belfry::compat::aws::sns {
namespace {

constexpr std::size_t page = 100;

}  // namespace

base::Task<base::Result<std::vector<call::Document>>> Sns::opt_outs_of(
    std::string account_sid, std::string party
) {
  call::DocumentQuery query{.collection = std::string(call::opt_out_collection)};
  query.tag = std::move(account_sid);
  query.members = {{"party", std::move(party)}};
  return environment_.journal.find_documents(std::move(query));
}

base::Task<Answer> Sns::check_opted_out(Call call) {
  const std::string number = call.input().text("phoneNumber");
  if (number.empty()) co_return std::unexpected(invalid_parameter("phoneNumber", "it is missing"));
  const auto found = co_await opt_outs_of(call.account_sid, number);
  if (!found) co_return std::unexpected(to_failure(found.error(), number));
  co_return Answer(base::json::object{{"isOptedOut", !found->empty()}});
}

base::Task<Answer> Sns::list_opted_out(Call call) {
  call::DocumentQuery query{.collection = std::string(call::opt_out_collection), .limit = page};
  query.tag = call.account_sid;
  query.after_key = call.input().text("nextToken");
  const auto found = co_await environment_.journal.find_documents(std::move(query));
  if (!found) co_return std::unexpected(to_failure(found.error(), ""));
  std::set<std::string> parties;
  for (const call::Document& document : *found)
    parties.insert(call::text_member(document.value, "party"));
  base::json::array numbers;
  for (const std::string& party : parties) numbers.emplace_back(party);
  base::json::object answer{{"phoneNumbers", std::move(numbers)}};
  if (found->size() == page) answer["nextToken"] = found->back().key;
  co_return answer;
}

base::Task<Answer> Sns::opt_in(Call call) {
  const std::string number = call.input().text("phoneNumber");
  if (number.empty()) co_return std::unexpected(invalid_parameter("phoneNumber", "it is missing"));
  const auto found = co_await opt_outs_of(call.account_sid, number);
  if (!found) co_return std::unexpected(to_failure(found.error(), number));
  call::Changes changes;
  for (const call::Document& document : *found)
    changes.removed_documents.push_back({document.collection, document.key});
  if (changes.empty()) co_return Answer(base::json::object());
  const auto stored = co_await environment_.journal.commit(std::move(changes));
  if (!stored) co_return std::unexpected(to_failure(stored.error(), number));
  co_return Answer(base::json::object());
}

}  // namespace belfry::compat::aws::sns
