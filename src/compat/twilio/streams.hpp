#pragma once
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/Calls/{CallSid}/Streams`: media streams in the background of a call.
class StreamsResource final : public Resource {
 public:
  explicit StreamsResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> create(Ask ask);
  base::Task<http::Response> update(Ask ask);

  Context& context_;
};

}  // namespace belfry::compat::twilio
