#pragma once
#include <string>
#include <string_view>

#include "call/seat_statistics.hpp"

namespace belfry::call {

/// Why a party is not heard, or does not hear.
enum class AudioFault {
  none,
  never_connected,    // the handshake did not succeed
  wrong_fingerprint,  // ... or was another's
  connection_lost,
  srtp_failed,       // what comes is encrypted with another key
  codec_not_agreed,  // what comes is of another payload type
  wrong_address,     // what comes is from another address
  no_packets,
  packets_stopped,
  not_heard,   // the party hears nothing of us: one-way
  heavy_loss,  // either way
  muted,       // digital silence came
  silent       // nothing louder than -50 dBov came
};

std::string_view to_string(AudioFault fault);

struct AudioVerdict {
  AudioFault fault = AudioFault::none;
  /// What was seen, what it usually means and what to do, in a sentence or a few.
  std::string words;
};

/// The answer to "why is there no audio?" from what a seat has seen. Pure.
/// @param since_answer while the call lasts, or how long it lasted; little can be said of a short
/// one.
AudioVerdict judge(const SeatStatistics& seen, base::Duration since_answer);

}  // namespace belfry::call
