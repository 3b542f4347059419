#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "base/random.hpp"
#include "base/time.hpp"
#include "webrtc/stun.hpp"

namespace belfry::webrtc {

/// One end's half of an ICE session (`a=ice-ufrag`, `a=ice-pwd`).
struct IceCredentials {
  std::string ufrag, password;
  /// 48 random bits, enough to tell sessions on one port apart, and 144 that nobody guesses.
  static IceCredentials make(base::Random& random);
  bool operator==(const IceCredentials&) const = default;
};

/// The ICE-lite end of one session (RFC 8445 section 2.5): answers the peer's checks, never checks
/// itself, and so learns where the peer is and that it still wants to hear us. Time comes in as
/// `Instant`; one thread; a message costs no allocation.
///
/// A request that is not made with our password gets no answer at all, not even the errors that
/// RFC 8445 section 7.3 has for it (rule M2): a stranger does not learn that anyone is here.
class IceLite {
 public:
  /// RFC 7675 section 5.1: so long after a check we may still send.
  static constexpr base::Duration consent_time = std::chrono::seconds(30);
  static constexpr std::size_t most_paths = 8;

  explicit IceLite(IceCredentials local);

  /// From now on requests have to be from that peer; before, from any that has our password.
  void set_remote_ufrag(std::string ufrag) { remote_ufrag_ = std::move(ufrag); }
  /// RFC 8445 section 9: the old credentials hold until the first check with the new ones, which
  /// also chooses where to send. Paths stay valid: the peer sends on them until it has new ones.
  void restart(IceCredentials local, std::string remote_ufrag);

  enum class Outcome : std::uint8_t {
    valid,    // a check: the path is valid from now on
    refused,  // authentic, but no check that we can use: answered by an error
    ignored,  // not authentic, or nothing that asks for an answer
  };
  struct Reply {
    Outcome outcome = Outcome::ignored;
    std::span<const std::byte> bytes;  // to be sent to where the request came from
  };
  /// @param into room for the reply, `stun::longest_written`
  Reply handle(
      std::span<const std::byte> datagram, const Path& from, base::Instant now,
      std::span<std::byte> into
  );

  bool is_valid(const Path& path) const;
  /// Where to send: the path of the last check that nominated one (USE-CANDIDATE), before any that
  /// of the last valid check. Nothing before the first.
  const Path* selected() const;
  /// When the right to send there ends (RFC 7675); nothing before the first check.
  std::optional<base::Instant> consent_until() const;
  bool consent_lost(base::Instant now) const;

  const IceCredentials& local() const { return current_.credentials; }
  /// Those before a restart, until a check with the new ones comes: the caller finds the session by
  /// either ufrag.
  const IceCredentials* previous() const { return previous_ ? &previous_->credentials : nullptr; }

 private:
  struct Secret {
    explicit Secret(IceCredentials of) : credentials(std::move(of)), key(credentials.password) {}
    IceCredentials credentials;
    IntegrityKey key;
  };
  struct Known {
    Path path;
    base::Instant last_check;
  };

  /// Whose password the request was made with, or null.
  const Secret* secret_of(const stun::Message& request) const;
  void take_check(const stun::Message& request, const Path& from, base::Instant now);
  Known& known(const Path& path);

  Secret current_;
  std::optional<Secret> previous_;
  std::string remote_ufrag_, previous_remote_ufrag_;  // empty: any
  std::array<Known, most_paths> paths_{};
  std::size_t path_count_ = 0;
  std::size_t selected_ = 0;  // only with a path
  bool nominated_ = false;
};

}  // namespace belfry::webrtc
