#include "twiml/parameters.hpp"

#include <algorithm>
#include <cmath>

#include "base/encoding.hpp"

namespace belfry::twiml {

call::FormFields standard_parameters(const call::LegRecord& leg) {
  call::FormFields fields{
      {"CallSid", leg.sid},
      {"AccountSid", leg.account_sid},
      {"From", leg.from},
      {"To", leg.to},
      {"Caller", leg.from},
      {"Called", leg.to},
      {"CallStatus", std::string(call::to_string(leg.status))},
      {"ApiVersion", "2010-04-01"},
      {"Direction", std::string(call::to_string(leg.direction))},
  };
  if (!leg.parent_sid.empty()) fields.emplace_back("ParentCallSid", leg.parent_sid);
  if (!leg.answered_by.empty()) {
    fields.emplace_back("AnsweredBy", leg.answered_by);
    fields.emplace_back("MachineDetectionDuration", std::to_string(leg.detection_took.count()));
  }
  if (leg.direction == call::LegRecord::Direction::inbound) {
    for (const auto& [name, value] : leg.party_terms.parameters) fields.emplace_back(name, value);
    for (const auto& [name, value] : leg.party_terms.headers)
      if (name != "Identity") fields.emplace_back("SipHeader_" + name, value);
  }
  for (const char* who : {"From", "To", "Caller", "Called"})
    for (const char* what : {"City", "State", "Zip", "Country"})
      fields.emplace_back(std::string(who) + what, "");
  return fields;
}

std::string encode_form(const call::FormFields& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty()) out += '&';
    out += base::percent_encode(name) + "=" + base::percent_encode(value);
  }
  return out;
}

std::string with_query(std::string_view url, const call::FormFields& fields) {
  const auto hash = std::min(url.find('#'), url.size());
  std::string out(url.substr(0, hash));
  const auto question = out.find('?');
  if (question == std::string::npos) {
    out += '?';
  } else if (question + 1 != out.size()) {
    out += '&';
  }
  out += encode_form(fields);
  out += url.substr(hash);
  return out;
}

call::Delivery form_delivery(
    std::string account_sid, const std::string& url, const std::string& method,
    const call::FormFields& fields
) {
  call::Delivery delivery;
  delivery.account_sid = std::move(account_sid);
  delivery.url = url;
  delivery.method = method;
  delivery.signature = call::Delivery::Signature::twilio;
  if (method == "GET") {
    delivery.url = with_query(url, fields);
  } else {
    delivery.content_type = "application/x-www-form-urlencoded; charset=utf-8";
    delivery.body = encode_form(fields);
  }
  return delivery;
}

std::string format_confidence(double confidence) {
  const auto parts = static_cast<int>(std::lround(std::clamp(confidence, 0.0, 1.0) * 10'000));
  std::string digits = std::to_string(10'000 + parts % 10'000).substr(1);
  return std::to_string(parts / 10'000) + "." + digits;
}

}  // namespace belfry::twiml
