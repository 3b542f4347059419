#include "call/audio_verdict.hpp"

#include <optional>

namespace belfry::call {
namespace {

using namespace std::chrono_literals;

/// A call that is younger than this may still be setting up its media.
constexpr base::Duration time_to_begin = 3s;
/// Nobody speaks all the time, nor at once.
constexpr base::Duration time_to_speak = 5s;
/// Silence suppression pauses for less; so does discontinuous transmission.
constexpr base::Duration longest_pause = 10s;
/// After packets that were taken, so many that were not explain why no more are.
constexpr std::uint64_t telling_count = 50;
constexpr double much_loss = 0.1;
constexpr std::uint64_t enough_to_count_losses = 100;

std::string count(std::uint64_t packets) {
  return std::to_string(packets) + (packets == 1 ? " packet" : " packets");
}

std::string percent(double share) {
  return std::to_string(static_cast<int>(share * 100 + 0.5)) + " %";
}

std::string seconds(base::Duration time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count()) + " s";
}

bool misses_us(const SeatStatistics& seen) {
  return seen.party_reports == PartyReports::miss_us && !seen.held_by_party;
}

/// No more words when `text` is empty.
std::string in_brackets(const std::string& text) {
  return text.empty() ? std::string() : " (" + text + ")";
}

std::optional<AudioVerdict> judge_handshake(
    const SeatStatistics& seen, base::Duration since_answer
) {
  switch (seen.handshake) {
    case Handshake::none:
    case Handshake::connected:
      return std::nullopt;
    case Handshake::waiting:
      if (since_answer < time_to_begin)
        return AudioVerdict{AudioFault::none, "The media connection is still being set up."};
      [[fallthrough]];
    case Handshake::never_connected:
      return AudioVerdict{
          AudioFault::never_connected,
          "The media connection (ICE and DTLS) was never set up. Usually a firewall drops UDP "
          "between the party and this server: check that the announced address and the media port "
          "can be reached from where the party is."
      };
    case Handshake::wrong_fingerprint:
      return AudioVerdict{
          AudioFault::wrong_fingerprint,
          "The certificate in the DTLS handshake was not the one that signalling promised, so the "
          "connection was refused. Something between the party and this server answers in its "
          "place, or the party mixed up two connections: place the call again, and look for a "
          "media proxy on the way if it stays so."
      };
    case Handshake::consent_lost:
      return AudioVerdict{
          AudioFault::connection_lost,
          "The media connection was set up, then the party stopped confirming it. Usually its "
          "network changed or went away, or its page was put to sleep."
      };
  }
  return std::nullopt;
}

/// Why what comes is not taken: by packets that came and were refused.
std::optional<AudioVerdict> judge_refused(const SeatStatistics& seen, std::uint64_t at_least) {
  if (seen.not_authentic >= at_least) {
    return AudioVerdict{
        AudioFault::srtp_failed,
        count(seen.not_authentic) +
            " failed SRTP authentication: the two sides do not use the same key. Usually something "
            "between them changes the SDP, or the party went on with an old key; if the party "
            "sends unencrypted audio, turn SRTP off on one side or on at the other."
    };
  }
  if (seen.not_agreed >= at_least) {
    return AudioVerdict{
        AudioFault::codec_not_agreed,
        count(seen.not_agreed) + " came with payload type " +
            std::to_string(seen.payload_type_not_agreed) + ", which was not agreed" +
            in_brackets(seen.codec.empty() ? "" : "agreed: " + seen.codec) +
            ". The party does not keep to the answer: set its list of codecs, or `media.codecs` "
            "here, so that both have the same first choice."
    };
  }
  if (seen.from_strangers >= at_least) {
    return AudioVerdict{
        AudioFault::wrong_address,
        count(seen.from_strangers) + " came from " +
            (seen.stranger.empty()
                 ? std::string("an address that signalling did not name")
                 : seen.stranger + ", but the party was to send from " + seen.remote) +
            ", so they were not believed. Usually a NAT or a media relay on the way that "
            "signalling does not know of: let the party announce the address that it really sends "
            "from (STUN, or its setting for an external address)."
    };
  }
  return std::nullopt;
}

std::optional<AudioVerdict> judge_arrival(const SeatStatistics& seen, base::Duration since_answer) {
  const bool ever_came = seen.since_last_packet.has_value();
  if (!ever_came) {
    if (auto refused = judge_refused(seen, 1)) return refused;
  }
  if (seen.held_by_us) return std::nullopt;
  if (ever_came) {
    if (*seen.since_last_packet < longest_pause) return std::nullopt;
    if (auto refused = judge_refused(seen, telling_count)) return refused;
    return AudioVerdict{
        AudioFault::packets_stopped,
        "Packets came from the party at first, and none for the last " +
            seconds(*seen.since_last_packet) +
            ". Usually its network went away or a NAT on the way forgot the call; a phone that "
            "stops sending while nobody speaks (silence suppression) looks the same."
    };
  }
  if (since_answer < time_to_begin)
    return AudioVerdict{
        AudioFault::none, "No packet came from the party, in too short a time to tell why."
    };
  std::string words = "No packet came from the party. ";
  if (seen.party_reports == PartyReports::hear_us)
    words += "Its reports do come, and say that it hears us: only its audio is lost on the way. ";
  if (misses_us(seen)) words += "Its reports say that it gets nothing from us either. ";
  words +=
      "Usually a firewall or NAT drops its packets, or it sends them to another address than ours: "
      "check that the address in our SDP can be reached from there, and that the UDP ports of "
      "`media.port_range` are open.";
  return AudioVerdict{AudioFault::no_packets, std::move(words)};
}

std::optional<AudioVerdict> judge_hold(const SeatStatistics& seen) {
  if (!seen.held_by_us && !seen.held_by_party) return std::nullopt;
  const char* words = seen.held_by_us && seen.held_by_party
                          ? "The call was on hold at both sides, so nothing was sent either way."
                      : seen.held_by_us ? "We had put the party on hold, so nothing was to come."
                                        : "The party had put the call on hold: it was to hear "
                                          "nothing of us until it takes it back.";
  return AudioVerdict{AudioFault::none, words};
}

std::optional<AudioVerdict> judge_loss(const SeatStatistics& seen) {
  const std::uint64_t expected = seen.packets_in + seen.packets_lost;
  const double loss_here = expected < enough_to_count_losses ? 0
                                                             : static_cast<double>(seen.packets_lost
                                                               ) / static_cast<double>(expected);
  const bool here = loss_here >= much_loss;
  const bool there = seen.loss_there >= much_loss;
  if (!here && !there) return std::nullopt;
  std::string words;
  if (here) words = percent(loss_here) + " of the packets from the party were lost on the way. ";
  if (there)
    words += "The party reports that " + percent(seen.loss_there) +
             " of ours were lost on the way to it. ";
  words +=
      "Speech has holes then. Usually a link on the way is full or its radio is weak: try another "
      "network, a codec that needs less, or priority for media.";
  return AudioVerdict{AudioFault::heavy_loss, std::move(words)};
}

std::optional<AudioVerdict> judge_sound(const SeatStatistics& seen, base::Duration since_answer) {
  const bool is_silent = seen.sound == Sound::digital_silence || seen.sound == Sound::faint;
  if (!is_silent || seen.listens_only) return std::nullopt;
  if (since_answer < time_to_speak)
    return AudioVerdict{
        AudioFault::none,
        "Packets came from the party, with silence in them, in too short a time "
        "to call that a fault."
    };
  if (seen.sound == Sound::digital_silence)
    return AudioVerdict{
        AudioFault::muted,
        "Packets came from the party, and all of them hold digital silence: it is muted at the "
        "source, or no microphone feeds it. Unmute it there, and let its application or browser "
        "use the microphone."
    };
  return AudioVerdict{
      AudioFault::silent,
      "Packets came from the party, but nothing in them is louder than -50 dBov. Nobody spoke, or "
      "the microphone is the wrong one, covered or turned down: choose another one, or turn it up."
  };
}

std::string what_was_heard(const SeatStatistics& seen) {
  switch (seen.sound) {
    case Sound::heard:
      return "Sound was heard from the party";
    case Sound::unknown:
      return "Packets came from the party and were passed on undecoded, so what is in them is not "
             "known";
    case Sound::digital_silence:
    case Sound::faint:
      return "Packets came from the simulated phone, with silence in them: it was made to say "
             "nothing, and listens";
  }
  return {};
}

AudioVerdict all_well(const SeatStatistics& seen) {
  const std::string heard = what_was_heard(seen);
  switch (seen.party_reports) {
    case PartyReports::hear_us:
      return {AudioFault::none, heard + "; its reports say that it hears us."};
    case PartyReports::miss_us:
    case PartyReports::none:
      break;
  }
  return {AudioFault::none, heard + "; it sends no reports that tell whether it hears us."};
}

}  // namespace

std::string_view to_string(AudioFault fault) {
  switch (fault) {
    case AudioFault::none:
      return "none";
    case AudioFault::never_connected:
      return "never-connected";
    case AudioFault::wrong_fingerprint:
      return "wrong-fingerprint";
    case AudioFault::connection_lost:
      return "connection-lost";
    case AudioFault::srtp_failed:
      return "srtp-failed";
    case AudioFault::codec_not_agreed:
      return "codec-not-agreed";
    case AudioFault::wrong_address:
      return "wrong-address";
    case AudioFault::no_packets:
      return "no-packets";
    case AudioFault::packets_stopped:
      return "packets-stopped";
    case AudioFault::not_heard:
      return "not-heard";
    case AudioFault::heavy_loss:
      return "heavy-loss";
    case AudioFault::muted:
      return "muted";
    case AudioFault::silent:
      return "silent";
  }
  return "";
}

AudioVerdict judge(const SeatStatistics& seen, base::Duration since_answer) {
  if (auto verdict = judge_handshake(seen, since_answer)) return *verdict;
  if (auto verdict = judge_arrival(seen, since_answer)) return *verdict;
  if (auto verdict = judge_hold(seen)) return *verdict;
  if (misses_us(seen))
    return {
        AudioFault::not_heard,
        "The party is connected, but its reports say that it gets nothing of what we send" +
            in_brackets(seen.remote.empty() ? "" : "to " + seen.remote) +
            ": audio is one-way. Usually its firewall or NAT drops our packets, or it announced an "
            "address that cannot be reached from here."
    };
  if (auto verdict = judge_loss(seen)) return *verdict;
  if (auto verdict = judge_sound(seen, since_answer)) return *verdict;
  return all_well(seen);
}

}  // namespace belfry::call
