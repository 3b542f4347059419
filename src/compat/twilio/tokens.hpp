#pragma once
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/Tokens`: STUN and TURN servers for clients, with credentials that end after `Ttl` seconds.
class TokensResource final : public Resource {
 public:
  explicit TokensResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> create(Ask ask);

  Context& context_;
};

}  // namespace belfry::compat::twilio
