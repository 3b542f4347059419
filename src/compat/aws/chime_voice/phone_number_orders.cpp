#include "compat/aws/chime_voice/phone_number_orders.hpp"

#include <algorithm>
#include <array>

#include "base/ids.hpp"
#include "call/json_members.hpp"
#include "call/number_pool.hpp"
#include "numbering/number.hpp"

namespace belfry::compat::aws::chime_voice {
namespace {

using call::text_member;

constexpr std::string_view collection = "aws_number_order";
constexpr std::size_t max_numbers = 50;
constexpr std::size_t whole_pool = 10'000;

base::json::object render_order(const call::Document& order) {
  base::json::array numbers;
  for (const auto& [number, status] : call::object_member(order.value, "numbers"))
    numbers.emplace_back(base::json::object{{"E164PhoneNumber", number}, {"Status", status}});
  return {
      {"PhoneNumberOrderId", order.key},
      {"ProductType", text_member(order.value, "product_type")},
      {"Status", text_member(order.value, "status")},
      {"OrderType", "New"},
      {"OrderedPhoneNumbers", std::move(numbers)},
      {"CreatedTimestamp", timestamp(order.created)},
      {"UpdatedTimestamp", timestamp(order.created)},
  };
}

Answer answer_with(const call::Document& order) {
  base::json::object answer;
  answer["PhoneNumberOrder"] = render_order(order);
  return answer;
}

std::string uuid_of(std::string digits) {
  for (const std::size_t at : {20u, 16u, 12u, 8u}) digits.insert(at, "-");
  return digits;
}

}  // namespace

void PhoneNumberOrders::add_to(Door& door) {
  using Self = PhoneNumberOrders;
  const auto add = [&](std::string_view path, std::string name, int status,
                       Door::Member<Self> member) {
    door.route("chime", path, std::move(name), status, Door::bind(this, member));
  };
  add("GET /search?type=phone-numbers", "SearchAvailablePhoneNumbers", 200, &Self::search);
  add("POST /phone-number-orders", "CreatePhoneNumberOrder", 201, &Self::create);
  add("GET /phone-number-orders", "ListPhoneNumberOrders", 200, &Self::list);
  add("GET /phone-number-orders/{PhoneNumberOrderId}", "GetPhoneNumberOrder", 200, &Self::get);
}

base::Task<Answer> PhoneNumberOrders::search(Call call) {
  constexpr std::size_t page = 500;
  const Input input = call.input();
  const std::string country = input.has("country") ? input.text("country") : "US";
  const bool toll_free =
      input.text("phone-number-type") == "TollFree" || input.has("toll-free-prefix");
  call::NumberWish wish{input.text("area-code"), ""};
  if (toll_free) wish.area_code = input.text("toll-free-prefix");
  const auto limit = static_cast<std::size_t>(
      std::clamp(input.number("max-results").value_or(page), 1.0, double{page})
  );
  const std::string state = input.text("state");
  const std::string city = input.text("city");
  const std::string after = input.text("next-token");
  base::json::object answer;
  base::json::array& numbers = answer["E164PhoneNumbers"].emplace_array();
  if (!context_.simulator_is_on) co_return answer;
  bool begun = after.empty();
  for (const call::FreeNumber& free : call::available_numbers(
           context_.directory, country, toll_free ? "TollFree" : "Local", wish, whole_pool
       )) {
    const bool fits =
        (state.empty() || free.region == state) && (city.empty() || free.locality == city);
    if (begun && fits && numbers.size() == limit) {
      answer["NextToken"] = std::string(numbers.back().get_string());
      break;
    }
    if (begun && fits) numbers.emplace_back(free.number);
    begun = begun || free.number == after;
  }
  co_return answer;
}

bool PhoneNumberOrders::can_be_had(const std::string& number) const {
  if (!context_.simulator_is_on) return false;
  return std::ranges::any_of(call::pool_countries(), [&](const call::PoolCountry& country) {
    return std::ranges::any_of(std::array{"Local", "Mobile", "TollFree"}, [&](const char* type) {
      return !call::available_numbers(context_.directory, country.code, type, {"", number}, 1)
                  .empty();
    });
  });
}

base::Task<base::Result<>> PhoneNumberOrders::acquire(
    const Call& call, std::string number, std::string order_id
) {
  const call::Document* there = context_.directory.number_of(number);
  if (there != nullptr && text_member(there->value, "order_id") == order_id)
    co_return base::Result<>{};  // by the same order, before a restart
  if (!can_be_had(number))
    co_return base::fail(base::Errc::not_found, "the number is not available");
  call::Document document;
  document.collection = call::NumberDirectory::numbers;
  document.key = base::make_sid("PN", context_.random);
  document.tag = call.account_sid;
  document.created = context_.loop.wall_now();
  document.value = {
      {"phone_number", number},
      {"friendly_name", call.input().has("Name") ? call.input().text("Name") : number},
      {"number_type", numbering::plan_type(number)},
      {"product_type", call.input().text("ProductType")},
      {"order_id", order_id},
      {"updated", base::to_unix_micros(document.created)},
  };
  co_return co_await context_.directory.put_number(std::move(document));
}

base::Task<Answer> PhoneNumberOrders::create(Call call) {
  const std::vector<std::string> numbers = call.input().texts("E164PhoneNumbers");
  const std::string product = call.input().text("ProductType");
  if (product != "VoiceConnector" && product != "SipMediaApplicationDialIn")
    co_return std::unexpected(bad_request("ProductType is missing or unknown"));
  if (numbers.empty() || numbers.size() > max_numbers)
    co_return std::unexpected(bad_request("E164PhoneNumbers must be 1 to 50 numbers"));
  call::Document order{std::string(collection), "", call.account_sid, {}, {}};
  order.key = call.invocation.empty() ? base::make_uuid(context_.random) : uuid_of(call.invocation);
  order.created = context_.loop.wall_now();
  // A client's second attempt gets the order of the first.
  const auto earlier = co_await context_.journal.find_document(order.collection, order.key);
  if (!earlier) co_return std::unexpected(store_failed(earlier.error()));
  if (*earlier) co_return answer_with(**earlier);
  base::json::object statuses;
  std::size_t acquired = 0;
  for (const std::string& number : numbers) {
    const auto had = co_await acquire(call, number, order.key);
    statuses[number] = had ? "Acquired" : "Failed";
    acquired += had ? 1 : 0;
  }
  order.value = {
      {"product_type", product},
      {"status", acquired == numbers.size() ? "Successful"
                 : acquired == 0            ? "Failed"
                                            : "Partial"},
      {"numbers", std::move(statuses)},
  };
  call::Changes changes;
  changes.documents.push_back(order);
  const auto stored = co_await context_.journal.commit(std::move(changes));
  if (!stored) co_return std::unexpected(store_failed(stored.error()));
  co_return answer_with(order);
}

base::Task<Answer> PhoneNumberOrders::list(Call call) {
  auto query = read_page(call, collection);
  if (!query) co_return std::unexpected(query.error());
  const std::size_t limit = query->limit;
  const auto found = co_await context_.journal.find_documents(std::move(*query));
  if (!found) co_return std::unexpected(store_failed(found.error()));
  base::json::array items;
  for (const call::Document& order : *found) items.emplace_back(render_order(order));
  co_return render_page("PhoneNumberOrders", std::move(items), *found, limit);
}

base::Task<Answer> PhoneNumberOrders::get(Call call) {
  const std::string id = call.input().text("PhoneNumberOrderId");
  const auto found = co_await context_.journal.find_document(std::string(collection), id);
  if (!found) co_return std::unexpected(store_failed(found.error()));
  if (!*found || (*found)->tag != call.account_sid)
    co_return std::unexpected(not_found("There is no phone number order " + id));
  co_return answer_with(**found);
}

}  // namespace belfry::compat::aws::chime_voice
