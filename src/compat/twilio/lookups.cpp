#include "compat/twilio/lookups.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "compat/twilio/rendering.hpp"
#include "numbering/number.hpp"

namespace belfry::compat::twilio {
namespace {

using numbering::Flaw;
using numbering::LineType;

std::string_view word_for(Flaw flaw) {
  switch (flaw) {
    case Flaw::not_a_number:
      return "NOT_A_NUMBER";
    case Flaw::invalid_country_code:
      return "INVALID_COUNTRY_CODE";
    case Flaw::too_short:
      return "TOO_SHORT";
    case Flaw::too_long:
      return "TOO_LONG";
    case Flaw::invalid_length:
      return "INVALID_LENGTH";
    case Flaw::invalid_but_possible:
      return "INVALID_BUT_POSSIBLE";
  }
  return "NOT_A_NUMBER";
}

std::string_view word_for(LineType type) {
  switch (type) {
    case LineType::fixed:
      return "landline";
    case LineType::mobile:
      return "mobile";
    case LineType::toll_free:
      return "tollFree";
    case LineType::premium:
      return "premium";
    case LineType::shared_cost:
      return "sharedCost";
    case LineType::voip:
      return "nonFixedVoip";
    case LineType::personal:
      return "personal";
    case LineType::pager:
      return "pager";
    case LineType::uan:
      return "uan";
    case LineType::voicemail:
      return "voicemail";
    case LineType::fixed_or_mobile:
    case LineType::unknown:
      return "unknown";
  }
  return "unknown";
}

base::json::object line_type(const numbering::Number& number) {
  return {
      {"error_code", nullptr},   {"mobile_country_code", nullptr}, {"mobile_network_code", nullptr},
      {"carrier_name", nullptr}, {"type", word_for(number.type)},
  };
}

base::json::object caller_name() {
  return {{"caller_name", nullptr}, {"caller_type", nullptr}, {"error_code", nullptr}};
}

/// Comma-separated, in any case.
bool asks_for(const Ask& ask, std::string_view package) {
  const std::string fields = ask.parameters.text("Fields");
  return std::ranges::any_of(base::split(fields, ','), [&](std::string_view each) {
    return base::equals_ignoring_case(base::trim(each), package);
  });
}

std::string own_url(const Ask& ask, std::string_view version, const std::string& number) {
  const std::string url = ask.request.url();
  return url.substr(0, url.size() - ask.request.target.size()) + "/" + std::string(version) +
         "/PhoneNumbers/" + number;
}

}  // namespace

void LookupsResource::add_to(Api& api) {
  api.get("/v2/PhoneNumbers/{PhoneNumber}", this, &LookupsResource::fetch);
  api.get("/v1/PhoneNumbers/{PhoneNumber}", this, &LookupsResource::fetch_v1);
}

base::Task<http::Response> LookupsResource::fetch(Ask ask) {
  const std::string& asked = ask.param("PhoneNumber");
  const auto number = numbering::parse(asked, ask.parameters.text("CountryCode"));
  base::json::object json;
  json["calling_country_code"] = nullptr;
  json["country_code"] = nullptr;
  json["phone_number"] = asked;
  json["national_format"] = nullptr;
  json["valid"] = number.has_value();
  json["validation_errors"].emplace_array();
  for (const auto* package :
       {"caller_name", "sim_swap", "call_forwarding", "line_type_intelligence", "line_status",
        "identity_match", "reassigned_number", "sms_pumping_risk", "phone_number_quality_score",
        "pre_fill"})
    json[package] = nullptr;
  if (number) {
    json["calling_country_code"] = std::to_string(number->calling_code);
    json["country_code"] = number->country;
    json["phone_number"] = number->e164;
    json["national_format"] = number->national;
    if (asks_for(ask, "line_type_intelligence"))
      json["line_type_intelligence"] = line_type(*number);
    if (asks_for(ask, "caller_name")) json["caller_name"] = caller_name();
  } else {
    json["validation_errors"].get_array().emplace_back(word_for(number.error()));
  }
  json["url"] = own_url(ask, "v2", text_member(json, "phone_number"));
  co_return http::json(200, json);
}

base::Task<http::Response> LookupsResource::fetch_v1(Ask ask) {
  const auto number =
      numbering::parse(ask.param("PhoneNumber"), ask.parameters.text("CountryCode"));
  if (!number) co_return ask.not_found();
  const std::vector<std::string> types = ask.parameters.list("Type");
  const auto wants = [&](std::string_view type) {
    return std::ranges::find(types, type) != types.end();
  };
  base::json::object json;
  json["caller_name"] = nullptr;
  json["carrier"] = nullptr;
  if (wants("caller-name")) json["caller_name"] = caller_name();
  if (wants("carrier")) {
    json["carrier"] = {
        {"error_code", nullptr}, {"mobile_country_code", nullptr}, {"mobile_network_code", nullptr},
        {"name", nullptr},       {"type", word_for(number->type)},
    };
  }
  json["country_code"] = number->country;
  json["national_format"] = number->national;
  json["phone_number"] = number->e164;
  json["add_ons"] = nullptr;
  json["url"] = own_url(ask, "v1", number->e164);
  co_return http::json(200, json);
}

}  // namespace belfry::compat::twilio
