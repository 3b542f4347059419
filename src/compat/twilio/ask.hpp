#pragma once
#include <string>

#include "compat/twilio/errors.hpp"
#include "compat/twilio/parameters.hpp"
#include "http/message.hpp"
#include "identity/accounts.hpp"

namespace belfry::compat::twilio {

/// An authenticated request to a resource: a value that its handler owns.
struct Ask {
  http::Request request;
  Parameters parameters;      // form and query
  identity::Caller caller;    // who asks
  identity::Account account;  // whose resource: of the path, else the caller's own

  /// A part of the path: `ask.param("CallSid")`.
  const std::string& param(const std::string& name) const { return request.param(name); }
  http::Response not_found() const { return twilio::not_found(request); }
  /// `/2010-04-01/Accounts/AC…` + `rest`.
  std::string uri(std::string_view rest) const {
    return "/2010-04-01/Accounts/" + account.sid + std::string(rest);
  }
};

}  // namespace belfry::compat::twilio
