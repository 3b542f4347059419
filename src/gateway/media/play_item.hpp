#pragma once
#include <optional>

#include "call/media.hpp"
#include "media/player.hpp"

namespace belfry::gateway::media {

/// What a player plays for it; digits as tones. Nothing for digits that are none.
std::optional<belfry::media::PlayItem> to_play_item(const call::Playback& what);

}  // namespace belfry::gateway::media
