#pragma once
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/Calls/{CallSid}/Transcriptions`: what is said in a call, written down while it is said.
class RealTimeTranscriptionsResource final : public Resource {
 public:
  explicit RealTimeTranscriptionsResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> create(Ask ask);
  base::Task<http::Response> update(Ask ask);

  Context& context_;
};

}  // namespace belfry::compat::twilio
