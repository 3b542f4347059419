// Descriptions from outside: what parses is within the limits and reads back the same; whatever it
// offers or answers, our end stays consistent and its own descriptions parse.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "sdp/offer_answer.hpp"

namespace sdp = belfry::sdp;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const sdp::AudioStream& audio) {
  require(sdp::is_ip_address(audio.remote_address));
  require(audio.remote_rtp_port != 0);
  require(audio.send_payload_type <= 127 && audio.receive_payload_type <= 127);
  require(!audio.receivable.empty());
  require(audio.packet_time.count() >= 10 && audio.packet_time.count() <= 60);
  require(!sdp::is_unspecified(audio.remote_address) || !sdp::may_send(audio.direction));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto read = sdp::parse(text);
  if (!read) {
    require(read.error().detail == 488);
    return 0;
  }
  require(read->media.size() <= sdp::Limits::media);
  const auto again = sdp::parse(sdp::serialize(*read));
  require(again && sdp::serialize(*again) == sdp::serialize(*read));

  sdp::Capabilities local;
  local.address = "192.0.2.1";
  local.rtp_port = 4000;
  local.rtcp_mux = true;
  sdp::OfferAnswer ours(local, "1");
  if (const auto answer = ours.answer(*read)) {
    require(answer->media.size() == read->media.size());
    require(sdp::parse(sdp::serialize(*answer)).has_value());
    check(*ours.audio());
    const auto repeated = ours.answer(*read);
    require(repeated && *repeated == *answer);
  }
  require(sdp::parse(sdp::serialize(ours.offer())).has_value());
  if (ours.apply_answer(*read)) check(*ours.audio());
  require(!ours.offer_is_open());
  return 0;
}
