#pragma once
#include "compat/twilio/resource.hpp"
#include "compat/twilio/sip_lists.hpp"

namespace belfry::compat::twilio {

/// `/SIP/CredentialLists` and the credentials in them. Passwords are stored sealed and never shown
/// (rule T3).
class SipCredentialsResource final : public Resource {
 public:
  explicit SipCredentialsResource(Context& context);
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> create(Ask ask);
  base::Task<http::Response> list(Ask ask);
  base::Task<http::Response> fetch(Ask ask);
  base::Task<http::Response> update(Ask ask);
  base::Task<http::Response> remove(Ask ask);
  const call::Document* find_credential(const Ask& ask) const;

  Context& context_;
  SipLists lists_;
};

}  // namespace belfry::compat::twilio
