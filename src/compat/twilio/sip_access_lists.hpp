#pragma once
#include "compat/twilio/resource.hpp"
#include "compat/twilio/sip_lists.hpp"

namespace belfry::compat::twilio {

/// `/SIP/IpAccessControlLists` and the addresses in them: where calls to a SIP domain may come
/// from.
class SipAccessListsResource final : public Resource {
 public:
  explicit SipAccessListsResource(Context& context);
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> create(Ask ask);
  base::Task<http::Response> list(Ask ask);
  base::Task<http::Response> fetch(Ask ask);
  base::Task<http::Response> update(Ask ask);
  base::Task<http::Response> remove(Ask ask);
  const call::Document* find_address(const Ask& ask) const;

  Context& context_;
  SipLists lists_;
};

}  // namespace belfry::compat::twilio
