#include "twiml/sip.hpp"

#include "base/text.hpp"

namespace belfry::twiml {

Sip read_sip(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Sip sip;
  const std::string text = element.own_text();
  const auto question = text.find('?');
  sip.uri = text.substr(0, question);
  if (question != std::string::npos) sip.headers = text.substr(question + 1);
  const std::string scheme = base::to_lower(sip.uri.substr(0, sip.uri.find(':')));
  const bool is_uri = (scheme == "sip" || scheme == "sips") && sip.uri.size() > scheme.size() + 1;
  if (!is_uri || sip.uri.size() >= 255 || sip.uri.find(' ') != std::string::npos) {
    findings.warn(13243, "<Sip> holds no SIP URI below 255 characters");
    sip.uri.clear();
  }
  if (sip.headers.size() >= 1024) {
    findings.warn(13253, "the headers of <Sip> have 1,024 characters or more");
    sip.headers.clear();
  }
  sip.username = reader.text("username");
  sip.password = reader.text("password");
  sip.options = read_noun_options(reader, 13241);
  reader.report_unknown_attributes();
  reader.report_children();
  return sip;
}

}  // namespace belfry::twiml
