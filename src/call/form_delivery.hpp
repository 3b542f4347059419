#pragma once
#include "base/random.hpp"
#include "call/record.hpp"
#include "call/web.hpp"

namespace belfry::call {

/// `application/x-www-form-urlencoded`, in the order given.
std::string encode_form_fields(const FormFields& fields);

/// Somebody's address for what happens, as documents and REST requests give it.
struct CallbackAddress {
  std::string url;  // empty: nobody is told
  std::string method = "POST";
  std::vector<std::string> events;  // words of the noun: "start", "join", "completed"
  bool own_application = false;     // answered in process, without a socket

  bool wants(std::string_view event) const;
  base::json::object to_json() const;
  static CallbackAddress from_json(const base::json::object& object);
};

/// A promise to send a form to `to`: as a body, or for GET in the query (before its #fragment).
/// `order_key` names what the deliveries are in order of; it is signed with the account's token.
Delivery make_form_delivery(
    std::string account_sid, const CallbackAddress& to, std::string kind, std::string order_key,
    const FormFields& fields, base::Random& random, base::WallTime now
);

}  // namespace belfry::call
