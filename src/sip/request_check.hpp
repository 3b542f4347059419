#pragma once
#include <optional>
#include <string>
#include <vector>

#include "sip/message.hpp"

namespace belfry::sip {

/// What this user agent can do. Filled once at start.
struct Abilities {
  std::vector<Method> methods;          // without ACK and CANCEL, which always work
  std::vector<std::string> extensions;  // option tags: "timer", "100rel", "replaces"
  std::vector<std::string> body_types;  // lower case; the first is that of offers and answers
};

/// Why a request is not looked at further: the status and the headers that explain it.
struct Refusal {
  struct Line {
    HeaderId id;
    std::string value;
  };
  int status = 0;
  std::vector<Line> headers = {};
  std::string reason = {};  // empty: the standard phrase
};

/// The steps of RFC 3261 §8.2.1 to §8.2.3 that need no dialog and no account: method (405, 501),
/// scheme of the Request-URI (416), Require (420), body (415), Accept (406). Never refuses ACK.
/// Authentication comes before this for what S1 protects; this tells nothing about users.
[[nodiscard]] std::optional<Refusal> check_request(
    const Message& request, const Abilities& abilities
);

/// `Allow` of these abilities: "INVITE, ACK, CANCEL, BYE".
std::string allow_value(const Abilities& abilities);

}  // namespace belfry::sip
