#pragma once
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/Keys` and `/SigningKeys`, which are the same keys under two names. Only the account's own
/// token and the installation's key may manage them; a secret is shown once, when it is made (rule
/// T3).
class KeysResource final : public Resource {
 public:
  explicit KeysResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> create(Ask ask);
  base::Task<http::Response> list(Ask ask);
  base::Task<http::Response> fetch(Ask ask);
  base::Task<http::Response> update(Ask ask);
  base::Task<http::Response> remove(Ask ask);
  const identity::ApiKey* find(const Ask& ask) const;

  Context& context_;
};

}  // namespace belfry::compat::twilio
