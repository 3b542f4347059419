#pragma once
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/SIP/Domains` and which lists of credentials and addresses open
/// them. A phone that has registered with a
/// credential of such a list calls into its domain: the domain's VoiceUrl answers, whatever it has
/// dialled.
class SipDomainsResource final : public Resource {
 public:
  explicit SipDomainsResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> create(Ask ask);
  base::Task<http::Response> list(Ask ask);
  base::Task<http::Response> fetch(Ask ask);
  base::Task<http::Response> update(Ask ask);
  base::Task<http::Response> remove(Ask ask);
  base::Task<http::Response> create_mapping(Ask ask);
  base::Task<http::Response> list_mappings(Ask ask);
  base::Task<http::Response> fetch_mapping(Ask ask);
  base::Task<http::Response> remove_mapping(Ask ask);
  const call::Document* find_domain(const Ask& ask) const;
  const call::Document* find_mapping(const Ask& ask) const;

  Context& context_;
};

}  // namespace belfry::compat::twilio
