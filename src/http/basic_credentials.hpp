#pragma once
#include <optional>
#include <string>

#include "http/message.hpp"

namespace belfry::http {

/// User and password of `Authorization: Basic` (RFC 7617). Either may hold anything but a colon in
/// the user.
struct Credentials {
  std::string user;
  std::string secret;
};

/// Nothing when there is no such header, or none that can be read.
std::optional<Credentials> basic_credentials(const Request& request);

}  // namespace belfry::http
