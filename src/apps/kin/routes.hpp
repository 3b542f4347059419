#pragma once
#include <functional>
#include <optional>
#include <string>

#include "apps/kin/calls.hpp"
#include "apps/kin/documents.hpp"
#include "base/token_bucket.hpp"
#include "http/router.hpp"
#include "identity/access_token.hpp"
#include "identity/accounts.hpp"
#include "identity/twilio_signature.hpp"

namespace belfry::apps::kin {

/// HTTP face of KIN, at every path that its document names: `/api/voice/…` and `/voice/…`, the
/// webhooks also alone below `/webhooks/`, and `/voice`, `/status`, `/recording` as its environment
/// names them. Answers are {"success": …}. Control thread.
class Routes {
 public:
  enum class Signatures {
    automatic,  // of everybody but the own machine without a proxy; a wrong one is always refused
    always,
    never
  };
  struct Settings {
    std::string account_sid;
    std::string application_sid;  // AP…, of tokens
    std::string key_sid;          // SK…, signs tokens
    std::string key_secret;
    std::string public_url;  // of callbacks, without `/` at the end; empty: as the request came
    Signatures signatures = Signatures::automatic;
    /// False: whoever is not on the own machine needs credentials (rule A1).
    /// Whether a request comes from a page that somebody has signed in to.
    std::function<bool(const http::Request&)> has_session = {};
    bool open_doors = true;
    /// True: failures of the telephony have fitting statuses; false: 200, as KIN's clients expect.
    bool fitting_statuses = false;
    /// Calls and tokens per minute and client address; nothing: 60, and no limit for the own
    /// machine.
    std::optional<std::uint32_t> rate_per_minute;
    Destinations destinations;
    std::string caller_id;  // shown to the numbers that KIN's browsers call
  };
  Routes(
      base::Loop& loop, Calls& calls, const identity::Accounts& accounts,
      identity::TwilioSigner signer, Settings settings
  );

  void add_to(http::Router& router);

 private:
  using Member = base::Task<http::Response> (Routes::*)(http::Request);

  void add_api(http::Router& router, const std::string& prefix);
  std::string document_of_call(const http::Request& request) const;
  using DocumentMaker = std::function<std::string(const http::Request&)>;
  /// A document of TwiML, for whoever signs (rule W4).
  void serve(http::Router& router, const std::string& path, DocumentMaker make);
  void add_documents(http::Router& router, const std::string& prefix);
  void add_webhooks(http::Router& router);
  void route(http::Router& router, const std::string& method_and_path, Member member);

  base::Task<http::Response> make_token(http::Request request);
  base::Task<http::Response> create_call(http::Request request);
  base::Task<http::Response> list_calls(http::Request request);
  base::Task<http::Response> show_call(http::Request request);
  base::Task<http::Response> hang_up(http::Request request);
  base::Task<http::Response> take_call_status(http::Request request);
  base::Task<http::Response> take_recording_status(http::Request request);

  http::Response failure(const base::Error& error) const;
  /// What stands before every operation of the API: credentials (rule A1).
  std::optional<http::Response> check_caller(const http::Request& request) const;
  std::optional<http::Response> check_rate(const http::Request& request);
  bool is_signed(const http::Request& request) const;
  std::string base_url(const http::Request& request) const;

  base::Loop& loop_;
  Calls& calls_;
  const identity::Accounts& accounts_;
  identity::TwilioSigner signer_;
  Settings settings_;
  base::KeyedBuckets callers_;
};

}  // namespace belfry::apps::kin
