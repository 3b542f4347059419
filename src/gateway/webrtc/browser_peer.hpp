#pragma once
#include <string>
#include <vector>

#include "base/random.hpp"
#include "gateway/media/plane.hpp"
#include "gateway/webrtc/browser_wire.hpp"
#include "gateway/webrtc/peer.hpp"
#include "gateway/webrtc/port.hpp"
#include "sdp/webrtc.hpp"
#include "webrtc/dtls_context.hpp"
#include "webrtc/ice_lite.hpp"

namespace belfry::gateway::webrtc {

/// One browser: descriptions on the control thread, a `BrowserWire` behind its seat.
class BrowserPeer final : public Peer {
 public:
  /// All outlive it.
  struct Surroundings {
    media::Plane& plane;
    base::Random& random;
    Port& port;
    const belfry::webrtc::DtlsContext& context;
    const std::vector<sdp::WebRtcCandidate>& candidates;
  };
  BrowserPeer(Surroundings surroundings, PeerTerms terms, PeerListener& listener);
  ~BrowserPeer() override;

  std::string offer() override;
  base::Result<> take_answer(std::string_view sdp) override;
  base::Result<std::string> answer(std::string_view offer) override;
  void expect() override;
  bool has_telephone_events() const override { return has_telephone_events_; }
  call::SeatId seat() const override { return seat_; }

 private:
  struct Agreement {
    sdp::PayloadFormat codec;
    std::optional<sdp::PayloadFormat> events;
    sdp::RtcpFeedback feedback;
  };
  base::Result<Agreement> agree(const sdp::WebRtcAudio& theirs) const;
  base::Result<> meet(const Agreement& agreement, const sdp::WebRtcAudio& theirs);
  void set_terms(const Agreement& agreement, const sdp::WebRtcAudio& theirs);
  std::vector<sdp::Codec> codecs() const;
  sdp::OwnWebRtcAudio own(sdp::DtlsSetup setup);
  void tell(media::Connection connection);

  Surroundings around_;
  PeerTerms terms_;
  PeerListener& listener_;
  belfry::webrtc::IceCredentials credentials_;
  std::string session_id_, stream_;
  std::uint64_t version_ = 0;
  std::string offer_;
  /// Of the last description of theirs; empty: none yet.
  std::string remote_ufrag_, remote_fingerprint_;
  std::unique_ptr<RemoteOrder> meeting_;  // until the browser is expected
  bool has_telephone_events_ = false;
  call::SeatId seat_;
};

}  // namespace belfry::gateway::webrtc
