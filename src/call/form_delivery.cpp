#include "call/form_delivery.hpp"

#include "base/encoding.hpp"
#include "base/ids.hpp"
#include "call/json_members.hpp"

namespace belfry::call {

std::string encode_form_fields(const FormFields& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty()) out += '&';
    out += base::percent_encode(name) + "=" + base::percent_encode(value);
  }
  return out;
}

bool CallbackAddress::wants(std::string_view event) const {
  return !url.empty() && std::ranges::find(events, event) != events.end();
}

base::json::object CallbackAddress::to_json() const {
  base::json::array words(events.begin(), events.end());
  return {
      {"url", url}, {"method", method}, {"events", words}, {"own_application", own_application}
  };
}

CallbackAddress CallbackAddress::from_json(const base::json::object& object) {
  CallbackAddress address;
  address.url = text_member(object, "url");
  address.method = text_member(object, "method");
  if (address.method.empty()) address.method = "POST";
  address.own_application = flag_member(object, "own_application");
  if (const auto* words = base::json::find(object, "events"); words != nullptr && words->is_array())
    for (const auto& word : words->as_array())
      if (word.is_string()) address.events.emplace_back(word.as_string());
  return address;
}

Delivery make_form_delivery(
    std::string account_sid, const CallbackAddress& to, std::string kind, std::string order_key,
    const FormFields& fields, base::Random& random, base::WallTime now
) {
  Delivery delivery;
  delivery.id = base::make_uuid(random);
  delivery.account_sid = std::move(account_sid);
  delivery.order_key = std::move(order_key);
  delivery.kind = std::move(kind);
  delivery.url = to.url;
  delivery.method = to.method;
  delivery.own_application = to.own_application;
  delivery.created = now;
  delivery.next_attempt = now;
  const std::string form = encode_form_fields(fields);
  if (to.method != "GET") {
    delivery.content_type = "application/x-www-form-urlencoded; charset=utf-8";
    delivery.body = form;
    return delivery;
  }
  const auto fragment = std::min(to.url.find('#'), to.url.size());
  const std::string_view before = std::string_view(to.url).substr(0, fragment);
  const auto question = before.find('?');
  const bool joins = question != std::string_view::npos && question + 1 != before.size();
  delivery.url = std::string(before);
  if (question == std::string_view::npos) delivery.url += '?';
  if (joins) delivery.url += '&';
  delivery.url += form + to.url.substr(fragment);
  return delivery;
}

}  // namespace belfry::call
