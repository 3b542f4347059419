#pragma once
#include <string>

#include "sip/message.hpp"

namespace belfry::sip {

/// What the Reason header says (RFC 3326): `Q.850;cause=17;text="User busy", SIP;cause=486`.
struct Reason {
  int q850 = 0;  // 0: none
  int sip = 0;
  std::string text;  // of the first value that has one; control characters gone, at most 128 bytes
};
/// Broken values are passed over.
Reason read_reason(const Message& message);

}  // namespace belfry::sip
