#pragma once
#include <memory>
#include <vector>

#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// Twilio's REST API: all resources, mounted on the router. Control thread; outlives the router's
/// requests.
class Resources {
 public:
  Resources(Context context, http::Router& router);
  const Api& api() const { return api_; }

 private:
  Context context_;
  Api api_;
  std::vector<std::unique_ptr<Resource>> resources_;
};

}  // namespace belfry::compat::twilio
