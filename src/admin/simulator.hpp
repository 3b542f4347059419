#pragma once
#include <string>

#include "base/worker_pool.hpp"
#include "http/router.hpp"
#include "sim/phone_network.hpp"

namespace belfry::admin {

/// `/sim`: the control of the built-in telephone network. Public and stable: test suites of others
/// rely on it. Only there while the simulator is on. Control thread; outlives the router's
/// requests.
class Simulator {
 public:
  /// @param pool reads what phones have heard.
  Simulator(base::Loop& loop, sim::PhoneNetwork& network, base::WorkerPool& pool)
      : loop_(loop), network_(network), pool_(pool) {}

  /// Makes the access tokens by which a browser is the handset of a phone.
  using TokenMaker = std::function<std::string(const std::string& identity)>;
  void set_token_maker(TokenMaker make) { make_token_ = std::move(make); }

  void add_to(http::Router& router);

 private:
  using PhoneAct = std::function<base::Result<>(sim::PhoneCall&)>;

  http::Response put_phone(const http::Request& request, const std::string& number);
  http::Response answer(const http::Request& request, const std::string& number);
  http::Response press(const http::Request& request, const std::string& number);
  http::Response say(const http::Request& request, const std::string& number);
  http::Response hang_up(const http::Request& request, const std::string& number);
  http::Response place_call(const http::Request& request, const std::string& number);
  http::Response send_message(const http::Request& request, const std::string& number);
  http::Response give_token(const http::Request& request, const std::string& number);
  http::Response list_phones() const;
  http::Response list_messages() const;
  http::Response seed(const http::Request& request);
  base::Task<http::Response> give_audio(http::Request request);

  /// Does something with the call that the phone is in, and shows the phone.
  http::Response act(const http::Request& request, const std::string& number, const PhoneAct& act);
  /// Errc::unavailable when the number would be one phone too many.
  base::Result<> admit(const std::string& number) const;

  base::Loop& loop_;
  sim::PhoneNetwork& network_;
  base::WorkerPool& pool_;
  TokenMaker make_token_;
};

}  // namespace belfry::admin
