#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sdp/description.hpp"

/// What the formats of an RTP m-line mean (RFC 3551, RFC 8866 section 6.6).
namespace belfry::sdp {

/// An encoding as `a=rtpmap` names it. `clock_hz` is the RTP clock: 8000 for G.722 too, by
/// RFC 3551 section 4.5.2.
struct Codec {
  std::string name;
  std::uint32_t clock_hz = 8000;
  std::uint8_t channels = 1;
  bool operator==(const Codec&) const = default;
};

/// The same encoding: names compare without case (RFC 4855 section 3); an omitted channel count
/// is 1.
bool same_codec(const Codec& a, const Codec& b);

inline const Codec pcmu{"PCMU", 8000, 1};
inline const Codec pcma{"PCMA", 8000, 1};
inline const Codec g722{"G722", 8000, 1};
inline const Codec opus{"opus", 48000, 2};
inline constexpr std::string_view telephone_event = "telephone-event";

/// The number that RFC 3551 fixed for it, or nothing.
std::optional<std::uint8_t> static_payload_type(const Codec& codec);

struct PayloadFormat {
  std::uint8_t payload_type = 0;
  Codec codec;
  std::string fmtp;
  bool operator==(const PayloadFormat&) const = default;
};

/// The formats of an RTP m-line in its order. Left out: what is no payload type (0..127), what
/// comes twice, dynamic numbers without a usable rtpmap. A static number may go without rtpmap;
/// an rtpmap overrides it.
std::vector<PayloadFormat> payload_formats(const Media& media);

/// Writes format, rtpmap (also for static types) and fmtp.
void add_payload_format(Media& media, const PayloadFormat& format);

}  // namespace belfry::sdp
