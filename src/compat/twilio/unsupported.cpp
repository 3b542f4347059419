#include "compat/twilio/unsupported.hpp"

#include "compat/twilio/live_call.hpp"

namespace belfry::compat::twilio {

void UnsupportedResource::add_to(Api& api) {
  api.post("/Calls/{CallSid}/Siprec", this, &UnsupportedResource::create_siprec);
  api.post("/Calls/{CallSid}/Siprec/{Sid}", this, &UnsupportedResource::update);
}

base::Task<http::Response> UnsupportedResource::create_siprec(Ask ask) {
  return refuse(std::move(ask), "SIPREC is not available on this server: use a media stream");
}

base::Task<http::Response> UnsupportedResource::update(Ask ask) {
  co_return ask.not_found();
}

base::Task<http::Response> UnsupportedResource::refuse(Ask ask, std::string why) {
  auto leg = co_await find_live_call(context_, ask);
  if (!leg) co_return std::move(leg.error());
  co_return refusal(20001, std::move(why));
}

}  // namespace belfry::compat::twilio
