#pragma once
#include <string>
#include <utility>
#include <vector>

#include "sip/message.hpp"

namespace belfry::sip {

/// Name and value, order kept.
using ExtensionHeaders = std::vector<std::pair<std::string, std::string>>;

/// What a message carries for the application at the other end: `X-…` and `User-to-User`
/// (RFC 7433), at most 30 and 1,024 bytes together; the rest is left out. No line ends in it.
ExtensionHeaders extension_headers(const Message& message);

}  // namespace belfry::sip
