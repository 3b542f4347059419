#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace belfry::call {

using NamedValues =
    std::vector<std::pair<std::string, std::string>>;  // order kept, names may repeat

/// What is told to a party's endpoint with the call, besides who calls. Stored with a leg until it
/// is answered or over.
struct PartyTerms {
  NamedValues headers = {};   // SIP: further headers of the INVITE
  std::string username = {};  // SIP: answers the challenges of that party, of nobody else
  std::string password = {};
  NamedValues parameters = {};  // of a client: what its application is given

  bool empty() const { return headers.empty() && username.empty() && parameters.empty(); }
};

/// The headers behind the `?` of a SIP address, `X-Name=value&…`, percent-decoded. Only those that
/// mean nothing to the protocol itself: X-…, User-to-User, Privacy, P-Asserted-Identity,
/// Remote-Party-ID, P-Charging-Vector.
/// @return Twilio's code in `detail`: 13251 more than 30, 13252 a name, 13253 more than 1,024
/// bytes.
base::Result<NamedValues> read_sip_headers(std::string_view query);

}  // namespace belfry::call
