#pragma once
#include "media/frame.hpp"

/// Sounds that are made here, once, and shared by every seat that plays them. Any thread.
namespace belfry::call {

/// A quiet loop of about 19 s for those who wait: slow broken chords whose end runs into their
/// beginning without a seam.
media::PcmClipPtr hold_music();

/// Two short notes up when somebody enters a conference, two down when somebody leaves.
media::PcmClipPtr enter_sound();
media::PcmClipPtr exit_sound();

/// For a clip that is to play until it is stopped: 4 hours and more of any of the above.
inline constexpr std::uint32_t until_stopped = 100'000;

}  // namespace belfry::call
