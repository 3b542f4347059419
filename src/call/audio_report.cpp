#include "call/audio_report.hpp"

namespace belfry::call {
namespace {

using base::json::value;

std::string_view word_of(Sound sound) {
  switch (sound) {
    case Sound::unknown:
      return "unknown";
    case Sound::digital_silence:
      return "digital-silence";
    case Sound::faint:
      return "faint";
    case Sound::heard:
      return "heard";
  }
  return "";
}

std::string_view word_of(PartyReports reports) {
  switch (reports) {
    case PartyReports::none:
      return "none";
    case PartyReports::hear_us:
      return "hears-us";
    case PartyReports::miss_us:
      return "misses-us";
  }
  return "";
}

std::string_view word_of(Handshake handshake) {
  switch (handshake) {
    case Handshake::none:
      return "none";
    case Handshake::waiting:
      return "waiting";
    case Handshake::connected:
      return "connected";
    case Handshake::never_connected:
      return "never-connected";
    case Handshake::wrong_fingerprint:
      return "wrong-fingerprint";
    case Handshake::consent_lost:
      return "consent-lost";
  }
  return "";
}

value text_or_null(const std::string& text) {
  return text.empty() ? value(nullptr) : value(text);
}

}  // namespace

base::json::object render(const SeatStatistics& seen) {
  // An estimate below 1 is none: nothing has arrived to judge by.
  const bool is_rated = seen.mos >= 1;
  const auto idle = seen.since_last_packet;
  return {
      {"codec", seen.codec},
      {"packets_in", seen.packets_in},
      {"packets_out", seen.packets_out},
      {"lost", seen.packets_lost},
      {"jitter_ms", seen.jitter_ms},
      {"round_trip_ms", seen.round_trip_ms},
      {"mos", is_rated ? value(seen.mos) : value(nullptr)},
      {"from_strangers", seen.from_strangers},
      {"stranger", text_or_null(seen.stranger)},
      {"remote", text_or_null(seen.remote)},
      {"not_authentic", seen.not_authentic},
      {"replayed", seen.replayed},
      {"not_agreed", seen.not_agreed},
      {"payload_type_not_agreed",
       seen.not_agreed > 0 ? value(seen.payload_type_not_agreed) : value(nullptr)},
      {"sound", word_of(seen.sound)},
      {"listens_only", seen.listens_only},
      {"party_reports", word_of(seen.party_reports)},
      {"loss_there", seen.loss_there},
      {"held_by_us", seen.held_by_us},
      {"held_by_party", seen.held_by_party},
      {"idle_ms", idle ? value(base::to_ms(*idle)) : value(nullptr)},
      {"handshake", word_of(seen.handshake)},
  };
}

base::json::object render(const AudioVerdict& verdict) {
  return {{"fault", to_string(verdict.fault)}, {"words", verdict.words}};
}

}  // namespace belfry::call
