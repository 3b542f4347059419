#include "twiml/sip.hpp"

#include "base/text.hpp"

namespace belfry::twiml {
namespace {
constexpr std::size_t max_credential = 255;
}

Sip read_sip(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Sip sip;
  const std::string text = element.own_text();
  const auto question = text.find('?');
  sip.uri = text.substr(0, question);
  const std::string scheme = base::to_lower(sip.uri.substr(0, sip.uri.find(':')));
  const bool is_uri = (scheme == "sip" || scheme == "sips") && sip.uri.size() > scheme.size() + 1;
  if (!is_uri || sip.uri.size() >= 255 || sip.uri.find(' ') != std::string::npos) {
    findings.warn(13243, "<Sip> holds no SIP URI below 255 characters");
    sip.uri.clear();
  }
  const std::string headers = question == std::string::npos ? "" : text.substr(question + 1);
  if (auto read = call::read_sip_headers(headers)) {
    sip.headers = std::move(*read);
  } else {
    findings.warn(read.error().detail, read.error().message);
  }
  sip.username = reader.text("username");
  sip.password = reader.text("password");
  if (sip.username.size() > max_credential || sip.password.size() > max_credential) {
    findings.warn(13249, "the user name or password of <Sip> has more than 255 characters");
    sip.username.clear();
    sip.password.clear();
  }
  sip.options = read_noun_options(reader, 13241);
  reader.report_unknown_attributes();
  reader.report_children();
  return sip;
}

}  // namespace belfry::twiml
