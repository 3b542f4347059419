#include "compat/aws/chime_voice/phone_numbers.hpp"

#include "call/json_members.hpp"
#include "call/number_pool.hpp"
#include "numbering/number.hpp"

namespace belfry::compat::aws::chime_voice {
namespace {

using call::text_member;

constexpr std::chrono::days taken_back_for{7};
constexpr std::string_view default_product = "VoiceConnector";

base::json::value when(const base::json::object& value, std::string_view name) {
  return timestamp(base::from_unix_micros(call::number_member(value, name)));
}

bool is_product(std::string_view text) {
  return text == "VoiceConnector" || text == "SipMediaApplicationDialIn";
}

base::json::object error_of(const std::string& number, const Failure& failure) {
  return {
      {"PhoneNumberId", number}, {"ErrorCode", failure.code}, {"ErrorMessage", failure.message}
  };
}

base::json::array associations_of(const base::json::object& value) {
  const std::string connector = text_member(value, "voice_connector_id");
  if (connector.empty()) return {};
  return {base::json::object{
      {"Value", connector},
      {"Name", "VoiceConnectorId"},
      {"AssociatedTimestamp", when(value, "associated")},
  }};
}

base::json::object render_deleted(const call::Document& document) {
  call::Document number = document;
  number.created = base::from_unix_micros(call::number_member(document.value, "number_created"));
  base::json::object shown = render_number(number);
  shown["Status"] = "ReleaseInProgress";
  shown["DeletionTimestamp"] = timestamp(document.created + taken_back_for);
  return shown;
}

}  // namespace

base::json::object render_number(const call::Document& document) {
  const base::json::object& value = document.value;
  const std::string number = text_member(value, "phone_number");
  const auto parsed = numbering::parse(number);
  const std::string product = text_member(value, "product_type");
  const std::string calling_name = text_member(value, "calling_name");
  const bool assigned = !text_member(value, "voice_connector_id").empty();
  base::json::object shown{
      {"PhoneNumberId", number},
      {"E164PhoneNumber", number},
      {"Country", parsed ? parsed->country : "US"},
      {"Type", numbering::plan_type(number) == "toll free" ? "TollFree" : "Local"},
      {"ProductType", product.empty() ? std::string(default_product) : product},
      {"Status", assigned ? "Assigned" : "Unassigned"},
      {"Capabilities",
       base::json::object{
           {"InboundCall", true},
           {"OutboundCall", true},
           {"InboundSMS", true},
           {"OutboundSMS", true},
           {"InboundMMS", true},
           {"OutboundMMS", true},
       }},
      {"Associations", associations_of(value)},
      {"CallingNameStatus", calling_name.empty() ? "Unassigned" : "UpdateSucceeded"},
      {"CreatedTimestamp", timestamp(document.created)},
  };
  if (!calling_name.empty()) shown["CallingName"] = calling_name;
  if (value.contains("updated")) shown["UpdatedTimestamp"] = when(value, "updated");
  if (const std::string order = text_member(value, "order_id"); !order.empty())
    shown["OrderId"] = order;
  if (const std::string name = text_member(value, "friendly_name"); !name.empty())
    shown["Name"] = name;
  return shown;
}

void PhoneNumbers::add_to(Door& door) {
  const auto add = [&](std::string_view path, std::string name, int status,
                       Door::Member<PhoneNumbers> member) {
    door.route("chime", path, std::move(name), status, Door::bind(this, member));
  };
  add("GET /phone-numbers", "ListPhoneNumbers", 200, &PhoneNumbers::list);
  add("GET /phone-numbers/{PhoneNumberId}", "GetPhoneNumber", 200, &PhoneNumbers::get);
  add("POST /phone-numbers/{PhoneNumberId}", "UpdatePhoneNumber", 200, &PhoneNumbers::update);
  add("POST /phone-numbers/{PhoneNumberId}?operation=restore", "RestorePhoneNumber", 200,
      &PhoneNumbers::restore);
  add("DELETE /phone-numbers/{PhoneNumberId}", "DeletePhoneNumber", 204, &PhoneNumbers::remove);
  add("POST /phone-numbers?operation=batch-delete", "BatchDeletePhoneNumber", 200,
      &PhoneNumbers::batch_remove);
  add("POST /phone-numbers?operation=batch-update", "BatchUpdatePhoneNumber", 200,
      &PhoneNumbers::batch_update);
  add("GET /phone-number-countries", "ListSupportedPhoneNumberCountries", 200,
      &PhoneNumbers::list_countries);
}

const call::Document* PhoneNumbers::find(const Call& call, const std::string& number) const {
  const call::Document* found = context_.directory.number_of(number);
  return found != nullptr && found->tag == call.account_sid ? found : nullptr;
}

base::Task<Answer> PhoneNumbers::list(Call call) {
  const Input input = call.input();
  const std::string status = input.text("status");
  if (status == "ReleaseInProgress" || status == "DeleteInProgress")
    co_return co_await list_deleted(std::move(call));
  auto query = read_page(call, call::NumberDirectory::numbers);
  if (!query) co_return std::unexpected(query.error());
  if (const std::string product = input.text("product-type"); !product.empty()) {
    if (!is_product(product)) co_return std::unexpected(bad_request("no such ProductType"));
    if (product != default_product) query->members.emplace_back("product_type", product);
  }
  const std::string filter = input.text("filter-name");
  if (filter == "VoiceConnectorId")
    query->members.emplace_back("voice_connector_id", input.text("filter-value"));
  const bool none = (!filter.empty() && filter != "VoiceConnectorId") ||
                    (!status.empty() && status != "Assigned" && status != "Unassigned");
  const std::size_t limit = query->limit;
  const auto found = co_await context_.journal.find_documents(std::move(*query));
  if (!found) co_return std::unexpected(store_failed(found.error()));
  base::json::array items;
  for (const call::Document& number : *found) {
    base::json::object shown = render_number(number);
    const bool wanted_product = !input.has("product-type") ||
                                text_member(shown, "ProductType") == input.text("product-type");
    const bool wanted_status = status.empty() || text_member(shown, "Status") == status;
    if (!none && wanted_product && wanted_status) items.emplace_back(std::move(shown));
  }
  co_return render_page("PhoneNumbers", std::move(items), *found, limit);
}

base::Task<Answer> PhoneNumbers::list_deleted(Call call) {
  auto query = read_page(call, deleted_numbers);
  if (!query) co_return std::unexpected(query.error());
  query->created_from = context_.loop.wall_now() - taken_back_for;
  const std::size_t limit = query->limit;
  const auto found = co_await context_.journal.find_documents(std::move(*query));
  if (!found) co_return std::unexpected(store_failed(found.error()));
  base::json::array items;
  for (const call::Document& number : *found) items.emplace_back(render_deleted(number));
  co_return render_page("PhoneNumbers", std::move(items), *found, limit);
}

base::Task<base::Result<std::optional<call::Document>>> PhoneNumbers::find_deleted(
    std::string account_sid, std::string number
) {
  auto found =
      co_await context_.journal.find_document(std::string(deleted_numbers), std::move(number));
  const base::WallTime oldest = context_.loop.wall_now() - taken_back_for;
  if (found && *found && ((*found)->tag != account_sid || (*found)->created < oldest))
    found->reset();
  co_return found;
}

base::Task<Answer> PhoneNumbers::get(Call call) {
  const std::string number = call.input().text("PhoneNumberId");
  base::json::object answer;
  if (const call::Document* found = find(call, number)) {
    answer["PhoneNumber"] = render_number(*found);
    co_return answer;
  }
  const auto deleted = co_await find_deleted(call.account_sid, number);
  if (!deleted) co_return std::unexpected(store_failed(deleted.error()));
  if (!*deleted) co_return std::unexpected(not_found("There is no phone number " + number));
  answer["PhoneNumber"] = render_deleted(**deleted);
  co_return answer;
}

base::Task<std::expected<call::Document, Failure>> PhoneNumbers::change(
    const Call& call, base::json::object members
) {
  const Input input(members);
  const std::string number = input.text("PhoneNumberId");
  const call::Document* found = find(call, number);
  if (found == nullptr) co_return std::unexpected(not_found("There is no phone number " + number));
  call::Document changed = *found;
  const std::string product = input.text("ProductType");
  if (!product.empty() && !is_product(product))
    co_return std::unexpected(bad_request("no such ProductType"));
  if (input.text("CallingName").size() > 15)
    co_return std::unexpected(bad_request("CallingName has at most 15 characters"));
  if (!product.empty()) changed.value["product_type"] = product;
  if (input.has("CallingName")) changed.value["calling_name"] = input.text("CallingName");
  if (input.has("Name")) changed.value["friendly_name"] = input.text("Name");
  changed.value["updated"] = base::to_unix_micros(context_.loop.wall_now());
  call::Document to_store = changed;
  const auto stored = co_await context_.directory.put_number(std::move(to_store));
  if (!stored) co_return std::unexpected(store_failed(stored.error()));
  co_return changed;
}

base::Task<Answer> PhoneNumbers::update(Call call) {
  const auto changed = co_await change(call, call.members);
  if (!changed) co_return std::unexpected(changed.error());
  base::json::object answer;
  answer["PhoneNumber"] = render_number(*changed);
  co_return answer;
}

base::Task<Answer> PhoneNumbers::batch_update(Call call) {
  base::json::array errors;
  const auto items = call.input().objects("UpdatePhoneNumberRequestItems");
  for (const base::json::object& item : items) {
    const auto changed = co_await change(call, item);
    if (!changed) errors.emplace_back(error_of(Input(item).text("PhoneNumberId"), changed.error()));
  }
  base::json::object answer;
  answer["PhoneNumberErrors"] = std::move(errors);
  co_return answer;
}

base::Task<std::expected<void, Failure>> PhoneNumbers::remove_one(
    const Call& call, std::string number
) {
  const call::Document* found = find(call, number);
  if (found == nullptr) co_return std::unexpected(not_found("There is no phone number " + number));
  if (!text_member(found->value, "voice_connector_id").empty())
    co_return std::unexpected(bad_request("The phone number is associated: disassociate it first"));
  if (found->value.contains("configured"))
    co_return std::unexpected(
        bad_request("The phone number is in the configuration file: remove it there")
    );
  call::Document deleted = *found;
  const std::string sid = found->key;
  deleted.value["number_created"] = base::to_unix_micros(deleted.created);
  deleted.value["number_sid"] = sid;
  deleted.collection = deleted_numbers;
  deleted.key = number;
  deleted.created = context_.loop.wall_now();
  call::Changes changes;
  changes.documents.push_back(std::move(deleted));
  const auto noted = co_await context_.journal.commit(std::move(changes));
  if (!noted) co_return std::unexpected(store_failed(noted.error()));
  const auto removed = co_await context_.directory.remove_number(sid);
  if (!removed) co_return std::unexpected(store_failed(removed.error()));
  co_return std::expected<void, Failure>();
}

base::Task<Answer> PhoneNumbers::remove(Call call) {
  const auto removed = co_await remove_one(call, call.input().text("PhoneNumberId"));
  if (!removed) co_return std::unexpected(removed.error());
  co_return base::json::object();
}

base::Task<Answer> PhoneNumbers::batch_remove(Call call) {
  base::json::array errors;
  const std::vector<std::string> numbers = call.input().texts("PhoneNumberIds");
  for (const std::string& number : numbers) {
    const auto removed = co_await remove_one(call, number);
    if (!removed) errors.emplace_back(error_of(number, removed.error()));
  }
  base::json::object answer;
  answer["PhoneNumberErrors"] = std::move(errors);
  co_return answer;
}

base::Task<Answer> PhoneNumbers::restore(Call call) {
  const std::string number = call.input().text("PhoneNumberId");
  const auto found = co_await find_deleted(call.account_sid, number);
  if (!found) co_return std::unexpected(store_failed(found.error()));
  if (!*found) co_return std::unexpected(not_found("There is no deleted phone number " + number));
  if (context_.directory.number_of(number) != nullptr)
    co_return std::unexpected(conflict("The phone number belongs to somebody else by now"));
  call::Document restored = **found;
  restored.collection = call::NumberDirectory::numbers;
  restored.key = text_member(restored.value, "number_sid");
  restored.created = base::from_unix_micros(call::number_member(restored.value, "number_created"));
  restored.value.erase("number_sid");
  restored.value.erase("number_created");
  call::Document to_store = restored;
  const auto stored = co_await context_.directory.put_number(std::move(to_store));
  if (!stored) co_return std::unexpected(store_failed(stored.error()));
  call::Changes changes;
  changes.removed_documents.push_back({std::string(deleted_numbers), number});
  const auto forgotten = co_await context_.journal.commit(std::move(changes));
  if (!forgotten) co_return std::unexpected(store_failed(forgotten.error()));
  base::json::object answer;
  answer["PhoneNumber"] = render_number(restored);
  co_return answer;
}

base::Task<Answer> PhoneNumbers::list_countries(Call call) {
  if (!is_product(call.input().text("product-type")))
    co_return std::unexpected(bad_request("product-type is missing or unknown"));
  base::json::array countries;
  if (context_.simulator_is_on)
    for (const call::PoolCountry& country : call::pool_countries()) {
      base::json::array types{"Local"};
      if (country.code == "US") types.emplace_back("TollFree");
      countries.emplace_back(base::json::object{
          {"CountryCode", country.code}, {"SupportedPhoneNumberTypes", std::move(types)}
      });
    }
  base::json::object answer;
  answer["PhoneNumberCountries"] = std::move(countries);
  co_return answer;
}

}  // namespace belfry::compat::aws::chime_voice
