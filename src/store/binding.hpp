#pragma once
#include <cstdint>
#include <string>

#include "base/time.hpp"

namespace belfry::store {

/// One contact of a registered phone (RFC 3261 section 10.2), as it survives a restart.
struct Binding {
  std::string user;
  std::string contact_uri;
  std::string source_ip;  // where its REGISTER came from: that is where calls are sent
  std::uint16_t source_port = 0;
  std::string transport;     // "udp", "tcp", "tls"
  std::string local_socket;  // name of our socket that it came in on
  base::WallTime expires_at{};
  std::string call_id;  // with `cseq`: refuses a REGISTER that was overtaken
  std::uint32_t cseq = 0;
  std::string path;  // RFC 3327; empty: none

  bool operator==(const Binding&) const = default;
};

}  // namespace belfry::store
