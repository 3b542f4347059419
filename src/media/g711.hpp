#pragma once
#include <cstddef>

#include "media/frame.hpp"

namespace belfry::media {

/// ITU-T G.711 by tables, for single samples; the tables are made once. Any thread.
std::byte to_mulaw(Sample sample);
std::byte to_alaw(Sample sample);
Sample from_mulaw(std::byte code);
Sample from_alaw(std::byte code);

}  // namespace belfry::media
