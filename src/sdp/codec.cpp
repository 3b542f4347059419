#include "sdp/codec.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"

namespace belfry::sdp {

namespace {

struct StaticType {
  std::uint8_t payload_type;
  Codec codec;
};

const std::vector<StaticType>& static_types() {
  static const std::vector<StaticType> types = {
      {0, pcmu}, {3, {"GSM", 8000, 1}}, {4, {"G723", 8000, 1}},  {8, pcma},
      {9, g722}, {13, {"CN", 8000, 1}}, {15, {"G728", 8000, 1}}, {18, {"G729", 8000, 1}},
  };
  return types;
}

std::optional<std::uint8_t> read_payload_type(std::string_view text) {
  const auto value = base::parse_unsigned(text);
  if (!value || *value > 127) return std::nullopt;
  return static_cast<std::uint8_t>(*value);
}

/// "97 opus/48000/2" and likewise "97 params": the number and what follows.
struct Numbered {
  std::uint8_t payload_type;
  std::string_view rest;
};
std::optional<Numbered> read_numbered(std::string_view value) {
  const auto space = value.find(' ');
  const auto type = read_payload_type(value.substr(0, space));
  if (!type || space == std::string_view::npos) return std::nullopt;
  return Numbered{*type, base::trim(value.substr(space + 1))};
}

std::optional<Codec> read_encoding(std::string_view text) {
  const auto parts = base::split(text, '/');
  if (parts.size() < 2 || parts.size() > 3 || parts[0].empty()) return std::nullopt;
  const auto clock = base::parse_unsigned(parts[1]);
  const auto channels = parts.size() == 3 ? base::parse_unsigned(parts[2]) : 1;
  if (!clock || *clock == 0 || *clock > 1'000'000) return std::nullopt;
  if (!channels || *channels == 0 || *channels > 8) return std::nullopt;
  return Codec{
      std::string(parts[0]), static_cast<std::uint32_t>(*clock),
      static_cast<std::uint8_t>(*channels)
  };
}

}  // namespace

bool same_codec(const Codec& a, const Codec& b) {
  return a.clock_hz == b.clock_hz && a.channels == b.channels &&
         base::equals_ignoring_case(a.name, b.name);
}

std::optional<std::uint8_t> static_payload_type(const Codec& codec) {
  for (const StaticType& type : static_types())
    if (same_codec(type.codec, codec)) return type.payload_type;
  return std::nullopt;
}

std::vector<PayloadFormat> payload_formats(const Media& media) {
  std::map<std::uint8_t, Codec> rtpmap;
  std::map<std::uint8_t, std::string> fmtp;
  for (const Attribute& attribute : media.attributes) {
    if (attribute.name != "rtpmap" && attribute.name != "fmtp") continue;
    const auto read = read_numbered(attribute.value);
    if (!read) continue;
    if (attribute.name == "fmtp") {
      fmtp.try_emplace(read->payload_type, read->rest);
    } else if (auto codec = read_encoding(read->rest)) {
      rtpmap.try_emplace(read->payload_type, std::move(*codec));
    }
  }
  for (const StaticType& type : static_types()) rtpmap.try_emplace(type.payload_type, type.codec);

  std::vector<PayloadFormat> out;
  for (const std::string& format : media.formats) {
    const auto type = read_payload_type(format);
    if (!type || !rtpmap.contains(*type)) continue;
    if (std::ranges::find(out, *type, &PayloadFormat::payload_type) != out.end()) continue;
    out.push_back({*type, rtpmap.at(*type), fmtp.contains(*type) ? fmtp.at(*type) : ""});
  }
  return out;
}

void add_payload_format(Media& media, const PayloadFormat& format) {
  const std::string number = std::to_string(format.payload_type);
  std::string encoding = format.codec.name + '/' + std::to_string(format.codec.clock_hz);
  if (format.codec.channels != 1) encoding += '/' + std::to_string(format.codec.channels);
  media.formats.push_back(number);
  media.attributes.push_back({"rtpmap", number + ' ' + encoding});
  if (!format.fmtp.empty()) media.attributes.push_back({"fmtp", number + ' ' + format.fmtp});
}

}  // namespace belfry::sdp
