#include "media/g711.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace belfry::media {
namespace {

// A-law as sent has every second bit inverted, µ-law all of them (G.711 tables 1 and 2).
constexpr unsigned alaw_inversion = 0x55;

constexpr Sample expand_mulaw(unsigned code) {
  const unsigned bits = ~code & 0xFF;
  const int magnitude = ((static_cast<int>(bits & 0x0F) * 8 + 0x84) << (bits >> 4 & 7)) - 0x84;
  return static_cast<Sample>(bits & 0x80 ? -magnitude : magnitude);
}

constexpr Sample expand_alaw(unsigned code) {
  const unsigned bits = code ^ alaw_inversion;
  const unsigned segment = bits >> 4 & 7;
  int magnitude = static_cast<int>(bits & 0x0F) * 16 + 8;
  if (segment > 0) magnitude = (magnitude + 0x100) << (segment - 1);
  return static_cast<Sample>(bits & 0x80 ? magnitude : -magnitude);
}

std::uint8_t compress_mulaw(int sample) {
  const unsigned sign = sample < 0 ? 0x80 : 0;
  const auto magnitude = static_cast<unsigned>(std::min(std::abs(sample), 32635)) + 0x84;
  const auto segment = static_cast<unsigned>(std::bit_width(magnitude)) - 8;
  return static_cast<std::uint8_t>(~(sign | segment << 4 | (magnitude >> (segment + 3) & 0x0F)));
}

std::uint8_t compress_alaw(int sample) {
  // -1 - x mirrors the negative half exactly, so that -1 falls into the smallest interval.
  const unsigned sign = sample < 0 ? 0 : 0x80;
  const auto magnitude = static_cast<unsigned>(sample < 0 ? -1 - sample : sample);
  const auto width = static_cast<unsigned>(std::bit_width(magnitude));
  const unsigned segment = width <= 8 ? 0 : width - 8;
  const unsigned step = magnitude >> (segment == 0 ? 4 : segment + 3) & 0x0F;
  return static_cast<std::uint8_t>((sign | segment << 4 | step) ^ alaw_inversion);
}

struct Tables {
  // 14 bits resolve the finest step of µ-law, 13 that of A-law: G.711's own input precisions.
  std::array<std::uint8_t, 1 << 14> mulaw;
  std::array<std::uint8_t, 1 << 13> alaw;
  std::array<Sample, 256> from_mulaw;
  std::array<Sample, 256> from_alaw;

  Tables() {
    for (int i = 0; i < 1 << 14; ++i)
      mulaw[static_cast<std::size_t>(i)] = compress_mulaw(static_cast<Sample>(i << 2));
    for (int i = 0; i < 1 << 13; ++i)
      alaw[static_cast<std::size_t>(i)] = compress_alaw(static_cast<Sample>(i << 3));
    for (unsigned code = 0; code < 256; ++code) {
      from_mulaw[code] = expand_mulaw(code);
      from_alaw[code] = expand_alaw(code);
    }
  }
};

const Tables tables;

}  // namespace

std::byte to_mulaw(Sample sample) {
  return std::byte{tables.mulaw[static_cast<std::uint16_t>(sample) >> 2]};
}
std::byte to_alaw(Sample sample) {
  return std::byte{tables.alaw[static_cast<std::uint16_t>(sample) >> 3]};
}
Sample from_mulaw(std::byte code) {
  return tables.from_mulaw[std::to_integer<std::size_t>(code)];
}
Sample from_alaw(std::byte code) {
  return tables.from_alaw[std::to_integer<std::size_t>(code)];
}

}  // namespace belfry::media
