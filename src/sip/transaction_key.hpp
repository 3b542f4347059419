#pragma once
#include <string>

#include "sip/message.hpp"

/// How messages find their transaction (RFC 3261 §17.1.3, §17.2.3). Private to this folder.
namespace belfry::sip {

/// Branch and CSeq method; of a request we send or a response we get.
std::string client_key(const Message& message);
/// Branch, sent-by and method, or the tuple of RFC 2543 when the branch has no cookie.
/// @param method the method to look for: an ACK or a CANCEL looks for its INVITE
std::string server_key(const Message& request, std::string_view method);
/// Equal for copies of one request that came by different ways (RFC 3261 §8.2.2.2).
std::string merge_key(const Message& request);

}  // namespace belfry::sip
