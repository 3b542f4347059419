#pragma once
#include <memory>
#include <optional>
#include <string>

#include "apps/flux/notifications.hpp"
#include "base/token_bucket.hpp"
#include "http/router.hpp"
#include "identity/twilio_signature.hpp"

namespace belfry::apps::flux {

/// HTTP face of the application under `/notifications`: FastAPI's error shapes, Twilio's webhooks.
/// Control thread.
class Routes {
 public:
  enum class Signatures {
    automatic,
    always,
    never
  };  // automatic: asked of everybody but the own machine
  struct Settings {
    bool initialized =
        true;  // false: credentials or the caller number are given as empty, all calls are 503
    Signatures signatures = Signatures::automatic;
    /// New calls per minute and client address; nothing: 60, and no limit for the own machine.
    std::optional<std::uint32_t> rate_per_minute;
    std::string public_url;  // of callbacks; empty: as the request came
  };
  Routes(
      base::Loop& loop, Notifications& notifications, identity::TwilioSigner signer,
      Settings settings
  );

  void add_to(http::Router& router);

 private:
  base::Task<http::Response> create_call(http::Request request);
  base::Task<http::Response> speak(http::Request request);
  base::Task<http::Response> gather(http::Request request);
  base::Task<http::Response> take_status(http::Request request);
  base::Task<http::Response> list_calls(http::Request request);
  base::Task<http::Response> show_call(http::Request request);
  base::Task<http::Response> show_task(http::Request request);

  std::optional<http::Response> check_rate(const http::Request& request);
  bool is_signed(const http::Request& request) const;
  std::string base_url(const http::Request& request) const;

  base::Loop& loop_;
  Notifications& notifications_;
  identity::TwilioSigner signer_;
  Settings settings_;
  base::KeyedBuckets callers_;
};

}  // namespace belfry::apps::flux
