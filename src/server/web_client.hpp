#pragma once
#include <memory>
#include <string>

#include "base/random.hpp"
#include "call/web.hpp"
#include "http/client.hpp"
#include "http/router.hpp"
#include "identity/accounts.hpp"
#include "identity/standard_webhook.hpp"
#include "identity/twilio_signature.hpp"
#include "twiml/url_overrides.hpp"

namespace belfry::server {

/// How the call model reaches users' web applications: reads the URL's overrides, signs, retries as
/// they say (once after a failed connection when they say nothing), and words failures as Twilio's
/// codes. Documents of our own applications are asked in process. Control thread.
class WebClient final : public call::WebClient {
 public:
  struct Settings {
    const identity::Accounts& accounts;                // whose tokens sign
    std::optional<identity::WebhookSecrets> standard;  // none: such deliveries go unsigned
  };
  WebClient(base::Loop& loop, http::Client& client, http::Router& own, Settings settings)
      : loop_(loop), client_(client), own_(own), settings_(std::move(settings)) {}

  base::Task<base::Result<call::WebResponse>> send(call::WebRequest request) override;

 private:
  http::ClientRequest prepare(const call::WebRequest& request, const std::string& url) const;
  void sign(const call::WebRequest& request, http::ClientRequest& prepared) const;
  void sign_as_twilio(const call::WebRequest& request, http::ClientRequest& prepared) const;
  void set_twilio_signature(const std::string& account_sid, http::ClientRequest& prepared) const;
  base::Task<base::Result<http::ClientResponse>> exchange(
      http::ClientRequest prepared, twiml::UrlOverrides overrides, bool own_application
  );
  base::Task<base::Result<http::ClientResponse>> ask_ourselves(http::ClientRequest prepared);

  base::Loop& loop_;
  http::Client& client_;
  http::Router& own_;
  Settings settings_;
};

}  // namespace belfry::server
