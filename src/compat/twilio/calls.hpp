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
  base::Task<http::Response> update(Ask ask);
  base::Task<http::Response> remove(Ask ask);
  base::Task<http::Response> list_events(Ask ask);

  /// The account's application answers instead of the request's own URLs (21218).
  void use_application(
      const Ask& ask, const std::string& sid, Parameters& into, call::PlaceCall& call
  );

  Context& context_;
};

/// A trunk shows only numbers that are the account's (21210).
base::Task<base::Result<bool>> may_show(
    Context& context, std::string account_sid, call::PlaceCall call
);

}  // namespace belfry::compat::twilio
