#pragma once
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// Operations on a call that this server has not got: `…/Siprec`. 400/20001 that says so.
class UnsupportedResource final : public Resource {
 public:
  explicit UnsupportedResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> create_siprec(Ask ask);
  base::Task<http::Response> update(Ask ask);
  base::Task<http::Response> refuse(Ask ask, std::string why);

  Context& context_;
};

}  // namespace belfry::compat::twilio
