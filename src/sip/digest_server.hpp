#pragma once
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "sip/digest.hpp"
#include "sip/message.hpp"

namespace belfry::sip {

/// What is stored of a user's password; one of the two may be empty, then that algorithm fails.
struct DigestSecret {
  std::string ha1_md5;
  std::string ha1_sha256;
  static DigestSecret of(
      std::string_view username, std::string_view realm, std::string_view password
  );
};

/// Credentials of a request that are well-formed, for our realm and this very request; whether they
/// are right is for `DigestServer::verify`.
struct PresentedCredentials {
  std::string username;
  DigestAlgorithm algorithm = DigestAlgorithm::sha256;
  std::string nonce, cnonce, nc, method, uri, response;
};

enum class DigestVerdict {
  accepted,
  refused,  // 401 with a new challenge
  stale,    // the password is right, the nonce old, used up or not ours: 401 with stale=true
};

/// Our side of digest authentication: rule S4 whole. No state is kept for a nonce until it has been
/// used with the right password; then only its highest nc, for the nonce's life (rule R11: both
/// tables are bounded in size and age). Reads no clock; one thread.
/// The owner: `is_banned` -> drop; `read` -> without result answer 401 with `challenges`; look the
/// user up; `verify` with the secret, or without one for an unknown user: the work is the same.
class DigestServer {
 public:
  struct Settings {
    std::string realm;
    std::string nonce_key;  // random per process: a nonce of an earlier run is stale
    base::Duration nonce_life = std::chrono::seconds(60);
    std::size_t max_nonces = 16384;
    std::size_t max_sources = 4096;
    int failures_per_minute = 20;
    base::Duration ban = std::chrono::seconds(60);
  };
  explicit DigestServer(Settings settings);

  const std::string& realm() const { return settings_.realm; }

  /// The values of two WWW-Authenticate lines, SHA-256 before MD5 (RFC 8760), one nonce.
  std::vector<std::string> challenges(base::Instant now, bool stale = false);

  /// @return Errc::not_found without credentials for our realm, Errc::unauthorized when they break
  /// a rule (a parameter missing or doubled, no qop, foreign uri or realm, unknown algorithm).
  [[nodiscard]] base::Result<PresentedCredentials> read(const Message& request) const;

  /// @param source address without port; a wrong password counts against it.
  DigestVerdict verify(
      const PresentedCredentials& presented, const std::optional<DigestSecret>& secret,
      std::string_view source, base::Instant now
  );

  /// Too many failures from there: everything is dropped until the ban is over.
  bool is_banned(std::string_view source, base::Instant now) const;

  std::size_t remembered_nonces() const { return highest_nc_.size(); }
  std::size_t remembered_sources() const { return sources_.size(); }

 private:
  /// When it was made (ms) and which one of that moment: orders all nonces.
  using NonceId = std::pair<std::uint64_t, std::uint64_t>;
  struct Source {
    base::Instant window_start;
    int failures = 0;
    base::Instant banned_until;
  };

  std::string make_nonce(base::Instant now);
  std::optional<NonceId> read_nonce(std::string_view nonce) const;
  std::string mac_of(std::string_view id) const;
  bool use_nonce(const PresentedCredentials& presented, base::Instant now);
  void count_failure(std::string_view source, base::Instant now);
  void make_room_for_source(base::Instant now);

  Settings settings_;
  DigestSecret dummy_;
  std::uint64_t made_ = 0;
  std::map<NonceId, std::uint64_t> highest_nc_;
  NonceId forgotten_up_to_{0, 0};  // at or before: too old to be believed
  std::map<std::string, Source, std::less<>> sources_;
  std::deque<std::string> source_order_;  // oldest first
};

}  // namespace belfry::sip
