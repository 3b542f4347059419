#include "call/json_members.hpp"
#include "compat/aws/chime_voice/connectors.hpp"

/// Which numbers ring the PBX of a connector.
namespace belfry::compat::aws::chime_voice {
namespace {

constexpr std::string_view member = "voice_connector_id";

base::json::object error_of(const std::string& number, const Failure& failure) {
  return {
      {"PhoneNumberId", number}, {"ErrorCode", failure.code}, {"ErrorMessage", failure.message}
  };
}

}  // namespace

base::Task<std::expected<void, Failure>> Connectors::attach(
    const Connector& connector, std::string number, bool by_force
) {
  const call::Document* found = context_.directory.number_of(number);
  if (found == nullptr || found->tag != connector.account_sid)
    co_return std::unexpected(not_found("There is no phone number " + number));
  const std::string before = call::text_member(found->value, member);
  if (!before.empty() && before != connector.id && !by_force)
    co_return std::unexpected(
        Failure{409, "PhoneNumberAssociationsExist", "The number belongs to another connector"}
    );
  call::Document changed = *found;
  changed.value[member] = connector.id;
  changed.value["associated"] = base::to_unix_micros(context_.loop.wall_now());
  // A call that comes in for it goes on to the number itself: the connector's trunks have it.
  changed.value["program"] =
      base::json::object{{"kind", "bridge"}, {"parameters", base::json::object()}};
  const auto stored = co_await context_.directory.put_number(std::move(changed));
  if (!stored) co_return std::unexpected(store_failed(stored.error()));
  co_return std::expected<void, Failure>();
}

base::Task<std::expected<void, Failure>> Connectors::detach(
    const Connector& connector, std::string number
) {
  const call::Document* found = context_.directory.number_of(number);
  if (found == nullptr || found->tag != connector.account_sid ||
      call::text_member(found->value, member) != connector.id)
    co_return std::unexpected(not_found("The connector has no phone number " + number));
  call::Document changed = *found;
  for (const std::string_view each :
       {member, std::string_view("associated"), std::string_view("program")})
    changed.value.erase(each);
  const auto stored = co_await context_.directory.put_number(std::move(changed));
  if (!stored) co_return std::unexpected(store_failed(stored.error()));
  co_return std::expected<void, Failure>();
}

base::Task<Answer> Connectors::associate(Call call) {
  const Found found = co_await find(call);
  if (!found) co_return std::unexpected(found.error());
  const bool by_force = call.input().flag("ForceAssociate").value_or(false);
  const std::vector<std::string> numbers = call.input().texts("E164PhoneNumbers");
  base::json::array errors;
  for (const std::string& number : numbers) {
    const auto attached = co_await attach(*found, number, by_force);
    if (!attached) errors.emplace_back(error_of(number, attached.error()));
  }
  const auto applied = co_await apply_routes(*found);
  if (!applied) co_return std::unexpected(store_failed(applied.error()));
  base::json::object answer;
  answer["PhoneNumberErrors"] = std::move(errors);
  co_return answer;
}

base::Task<Answer> Connectors::disassociate(Call call) {
  const Found found = co_await find(call);
  if (!found) co_return std::unexpected(found.error());
  const std::vector<std::string> numbers = call.input().texts("E164PhoneNumbers");
  base::json::array errors;
  for (const std::string& number : numbers) {
    const auto detached = co_await detach(*found, number);
    if (!detached) errors.emplace_back(error_of(number, detached.error()));
  }
  const auto applied = co_await apply_routes(*found);
  if (!applied) co_return std::unexpected(store_failed(applied.error()));
  base::json::object answer;
  answer["PhoneNumberErrors"] = std::move(errors);
  co_return answer;
}

}  // namespace belfry::compat::aws::chime_voice
