#include "sip/reason.hpp"

#include "base/text.hpp"

namespace belfry::sip {

Reason read_reason(const Message& message) {
  Reason out;
  const auto values = message.values(HeaderId::reason);
  if (!values) return out;
  for (const std::string_view value : *values) {
    const auto semicolon = std::min(value.find(';'), value.size());
    const auto protocol = base::trim(value.substr(0, semicolon));
    const auto params = Params::parse(value.substr(semicolon));
    if (!params) continue;
    const auto cause = base::parse_unsigned(params->find("cause").value_or(""));
    if (cause && *cause <= 999) {
      if (base::equals_ignoring_case(protocol, "Q.850")) out.q850 = static_cast<int>(*cause);
      if (base::equals_ignoring_case(protocol, "SIP")) out.sip = static_cast<int>(*cause);
    }
    if (out.text.empty())
      out.text = base::truncate_utf8(one_line(params->find("text").value_or("")), 128);
  }
  return out;
}

}  // namespace belfry::sip
