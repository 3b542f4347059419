#include "compat/aws/sns/sms_attributes.hpp"

#include <algorithm>
#include <array>

namespace belfry::compat::aws::sns {
namespace {

constexpr std::string_view collection = "aws_sms_attributes";
constexpr std::array<std::string_view, 6> names = {
    "MonthlySpendLimit", "DeliveryStatusIAMRole", "DeliveryStatusSuccessSamplingRate",
    "DefaultSenderID",   "DefaultSMSType",        "UsageReportS3Bucket",
};

bool is_letter(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

base::Result<> check(std::string_view name, const base::json::value& value) {
  const auto wrong = [&](std::string_view why) {
    return base::fail(
        base::Errc::invalid_argument,
        "Invalid parameter: " + std::string(name) + " Reason: " + std::string(why)
    );
  };
  if (std::ranges::find(names, name) == names.end()) return wrong("there is no such attribute");
  if (!value.is_string()) return wrong("it is no text");
  const std::string_view text = value.get_string();
  if (name == "DefaultSenderID" && !text.empty() && !is_sender_id(text))
    return wrong("it must be 1 to 11 letters and digits, one of them a letter");
  if (name == "DefaultSMSType" && !is_sms_type(text))
    return wrong("it must be Promotional or Transactional");
  return {};
}

}  // namespace

bool is_sender_id(std::string_view text) {
  const auto fits = [](char character) {
    return is_letter(character) || (character >= '0' && character <= '9');
  };
  return !text.empty() && text.size() <= 11 && std::ranges::all_of(text, fits) &&
         std::ranges::any_of(text, is_letter);
}

bool is_sms_type(std::string_view text) {
  return text == "Promotional" || text == "Transactional";
}

base::Task<base::Result<base::json::object>> SmsAttributes::get(std::string account_sid) {
  const auto found =
      co_await journal_.find_document(std::string(collection), std::move(account_sid));
  if (!found) co_return base::fail(found.error());
  if (!*found) co_return base::json::object();
  co_return (**found).value;
}

base::Task<base::Result<>> SmsAttributes::set(std::string account_sid, base::json::object given) {
  for (const auto& [name, value] : given) BELFRY_CO_CHECK(check(name, value));
  auto all = co_await get(account_sid);
  if (!all) co_return base::fail(all.error());
  for (const auto& [name, value] : given) (*all)[name] = value;
  call::Changes changes;
  changes.documents.push_back(
      {std::string(collection), account_sid, account_sid, std::move(*all), {}}
  );
  co_return co_await journal_.commit(std::move(changes));
}

}  // namespace belfry::compat::aws::sns
