#pragma once
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/Calls`: placing calls, what they are and were, changing them while they live.
class CallsResource final : public Resource {
 public:
  explicit CallsResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> create(Ask ask);
  base::Task<http::Response> list(Ask ask);
  base::Task<http::Response> fetch(Ask ask);
  base::Task<http::Response> remove(Ask ask);
  base::Task<http::Response> list_events(Ask ask);

  Context& context_;
};

}  // namespace belfry::compat::twilio
