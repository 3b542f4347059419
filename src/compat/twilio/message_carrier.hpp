#pragma once
#include <string>

#include "call/messages.hpp"
#include "http/router.hpp"
#include "identity/twilio_signature.hpp"

namespace belfry::compat::twilio {

/// Sends messages through another cloud that speaks Twilio's Messages API (Twilio itself, or
/// another Belfry), and takes what it calls back with: delivery reports at
/// `/carriers/{name}/message-status`, messages that arrive at its numbers at
/// `/carriers/{name}/message` (to be set as their SmsUrl). Both must carry its signature (rule W4).
/// A request that may have reached it is never repeated: the API knows no idempotency. Control
/// thread; outlives the router's requests.
class TwilioMessageCarrier final : public call::MessageCarrier {
 public:
  struct Settings {
    std::string name;
    std::string url;  // "https://api.twilio.com"
    std::string account_sid;
    std::string auth_token;
  };
  /// @param own_url how the carrier reaches us, "https://host", asked with each message; empty: it
  /// cannot.
  TwilioMessageCarrier(
      call::WebClient& web, Settings settings, std::function<std::string()> own_url
  );

  void add_to(http::Router& router, call::Messages& messages);

  // call::MessageCarrier
  std::string_view name() const override { return settings_.name; }
  bool costs_money() const override { return true; }
  base::Task<base::Result<std::string>> send(call::MessageRecord message) override;
  bool may_repeat() const override { return false; }
  void follow(const call::MessageRecord&) override {}
  void delivered(const call::MessageRecord&, std::vector<call::MessageMedium>) override {}

 private:
  call::WebRequest to_request(const call::MessageRecord& message) const;
  http::Response take_status(const http::Request& request, call::Messages& messages) const;
  base::Task<http::Response> take_message(http::Request request, call::Messages& messages);
  base::Task<base::Result<call::MessageFile>> fetch_file(std::string url, std::string type);
  /// The form of a request that carries the carrier's signature.
  base::Result<http::Form> read_signed(const http::Request& request) const;
  std::string with_credentials(std::string_view url) const;

  call::WebClient& web_;
  Settings settings_;
  std::function<std::string()> own_url_;
  identity::TwilioSigner signer_;
};

}  // namespace belfry::compat::twilio
