#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "call/media.hpp"

namespace belfry::gateway::webrtc {

/// Why there is, or was, no media with a browser.
enum class PeerFailure {
  never_connected,  // no valid ICE check, or no DTLS, in time
  wrong_fingerprint,
  consent_lost,  // RFC 7675: no check for 30 s; or the browser closed the connection
};

/// What a browser's connection tells its signalling. Control thread; never called from inside a
/// call to the peer.
class PeerListener {
 public:
  virtual ~PeerListener() = default;
  /// ICE and DTLS are done: sound can flow. Again after `PeerFailure::consent_lost`, when the
  /// browser is back.
  virtual void on_connected() = 0;
  /// It sends and takes nothing any more.
  virtual void on_failed(PeerFailure failure) = 0;
};

/// What signalling decides about a connection.
struct PeerTerms {
  bool opus = true;
  bool pcmu = true;
};

/// One browser's audio connection (ICE-lite, DTLS-SRTP) as its signalling sees it: an SDP offer and
/// answer machine with a seat behind it. Destroying it closes the seat. Control thread.
class Peer {
 public:
  virtual ~Peer() = default;
  /// For a party that is called: our offer, the same text each time.
  virtual std::string offer() = 0;
  /// The party's answer to `offer()`. @return Errc::invalid_argument with words for a person;
  /// nothing has changed then.
  virtual base::Result<> take_answer(std::string_view sdp) = 0;
  /// The party's offer, the first or a later one with new ICE credentials (a restart keeps DTLS and
  /// keys, RFC 8842 section 4.3). @return our answer; errors as above.
  virtual base::Result<std::string> answer(std::string_view offer) = 0;
  /// The browser gets what `answer` returned first: from now on it is waited for, 30 s at most. It
  /// may have rung without it for longer.
  virtual void expect() = 0;
  /// Whether digits come as telephone-events; without them signalling has to carry them.
  virtual bool has_telephone_events() const = 0;
  /// Its place in the media plane, from the beginning.
  virtual call::SeatId seat() const = 0;
};

/// Makes connections. Control thread; outlives its peers.
class Peers {
 public:
  virtual ~Peers() = default;
  /// @return Errc::unavailable when there is no room for another.
  virtual base::Result<std::unique_ptr<Peer>> open(PeerTerms terms, PeerListener& listener) = 0;
};

}  // namespace belfry::gateway::webrtc
