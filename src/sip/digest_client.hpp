#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/result.hpp"
#include "sip/digest.hpp"
#include "sip/message.hpp"

namespace belfry::sip {

/// The owner of the flow says it: only it knows where a response came from (rule S5).
enum class ChallengeFrom {
  configured_trunk,  // answers a request of ours to the trunk's host, and came from its address
  somebody_else,     // never answered with credentials
};

/// Our credentials at one trunk or registrar (RFC 7616, RFC 3261 section 22). Answers 401 and 407
/// with MD5, MD5-sess, SHA-256, SHA-256-sess, qop=auth or none (RFC 2069). Remembers the nonce, so
/// that later requests carry credentials at once with a rising nc. One thread.
class DigestClient {
 public:
  struct Settings {
    std::string username;
    std::string password;
    std::string realm = {};  // empty: the realm of the first challenge, then only that one
  };
  DigestClient(Settings settings, base::Random& random);

  /// A response 401 or 407 to a request of ours: may that request be sent again?
  /// @return Errc::forbidden when the challenge is not the trunk's (rule S5), Errc::unauthorized
  /// when it refuses what we sent (a second time stale counts as that), Errc::unsupported when it
  /// asks for what we cannot do. On success `authorize` gives the header.
  [[nodiscard]] base::Result<> take_challenge(const Message& response, ChallengeFrom from);

  /// The credentials for one request: header id and value. Nothing before the first challenge.
  struct Header {
    HeaderId id = HeaderId::authorization;
    std::string value;
  };
  std::optional<Header> authorize(std::string_view method, std::string_view uri);

  /// A request with our credentials was not challenged: a later challenge is a new story.
  void accepted();

 private:
  struct Challenge {
    HeaderId answer_with = HeaderId::authorization;
    DigestAlgorithm algorithm = DigestAlgorithm::md5;
    bool algorithm_named = false;
    bool qop_auth = false;
    std::string realm, nonce, opaque;
    bool stale = false;
  };
  base::Result<Challenge> choose(const Message& response) const;

  Settings settings_;
  base::Random& random_;
  std::optional<Challenge> challenge_;
  bool sent_ = false;        // credentials under the current challenge
  bool proven_ = false;      // they were accepted once: its nonce has only grown old
  bool stale_seen_ = false;  // since the last success
  std::uint32_t nc_ = 0;
};

}  // namespace belfry::sip
