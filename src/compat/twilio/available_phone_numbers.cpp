#include "compat/twilio/available_phone_numbers.hpp"

#include <algorithm>

#include "call/number_pool.hpp"
#include "compat/twilio/paging.hpp"
#include "compat/twilio/rendering.hpp"

namespace belfry::compat::twilio {
namespace {

base::json::object render_country(const Ask& ask, const call::PoolCountry& country) {
  const std::string path = ask.uri("/AvailablePhoneNumbers/" + std::string(country.code));
  base::json::object json;
  json["country_code"] = country.code;
  json["country"] = country.name;
  json["beta"] = false;
  json["uri"] = path + ".json";
  base::json::object& uris = json["subresource_uris"].emplace_object();
  uris["local"] = path + "/Local.json";
  if (country.code == "US") uris["toll_free"] = path + "/TollFree.json";
  if (country.code == "GB") uris["mobile"] = path + "/Mobile.json";
  return json;
}

base::json::object render_free_number(const call::FreeNumber& number) {
  base::json::object json;
  json["friendly_name"] = format_number(number.number);
  json["phone_number"] = number.number;
  json["lata"] = nullptr;
  json["locality"] = or_null(number.locality);
  json["rate_center"] = or_null(number.locality);
  json["latitude"] = nullptr;
  json["longitude"] = nullptr;
  json["region"] = or_null(number.region);
  json["postal_code"] = nullptr;
  json["iso_country"] = number.country;
  json["address_requirements"] = "none";
  json["beta"] = false;
  json["capabilities"] = {{"voice", true}, {"SMS", true}, {"MMS", true}, {"fax", false}};
  return json;
}

const call::PoolCountry* find_country(std::string_view code) {
  const auto found = std::ranges::find(call::pool_countries(), code, &call::PoolCountry::code);
  return found == call::pool_countries().end() ? nullptr : &*found;
}

}  // namespace

void AvailablePhoneNumbersResource::add_to(Api& api) {
  api.get("/AvailablePhoneNumbers", this, &AvailablePhoneNumbersResource::list_countries);
  api.get(
      "/AvailablePhoneNumbers/{CountryCode}", this, &AvailablePhoneNumbersResource::fetch_country
  );
  api.get(
      "/AvailablePhoneNumbers/{CountryCode}/{Type}", this,
      &AvailablePhoneNumbersResource::list_numbers
  );
}

base::Task<http::Response> AvailablePhoneNumbersResource::list_countries(Ask ask) {
  const PageRequest request = PageRequest::read(ask.parameters);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  Page page;
  if (context_.simulator_is_on)
    for (const call::PoolCountry& country : call::pool_countries())
      page.items.emplace_back(render_country(ask, country));
  co_return render_page(ask, "countries", request, std::move(page));
}

base::Task<http::Response> AvailablePhoneNumbersResource::fetch_country(Ask ask) {
  const call::PoolCountry* country = find_country(ask.param("CountryCode"));
  if (country == nullptr || !context_.simulator_is_on) co_return ask.not_found();
  co_return http::json(200, render_country(ask, *country));
}

base::Task<http::Response> AvailablePhoneNumbersResource::list_numbers(Ask ask) {
  const PageRequest request = PageRequest::read(ask.parameters);
  call::NumberWish wish{ask.parameters.text("AreaCode"), ask.parameters.text("Contains")};
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  const call::PoolCountry* country = find_country(ask.param("CountryCode"));
  if (country == nullptr) co_return ask.not_found();
  std::erase(wish.contains, '%');
  Page page;
  if (context_.simulator_is_on)
    for (const call::FreeNumber& number : call::available_numbers(
             context_.directory, country->code, ask.param("Type"), wish, request.size
         ))
      page.items.emplace_back(render_free_number(number));
  co_return render_page(ask, "available_phone_numbers", request, std::move(page));
}

}  // namespace belfry::compat::twilio
