// A conference and nothing else, for conference.py: opens a room on the media plane with so many
// seats, writes where each is, and mixes until it is ended.
//
//   bench_conference_server LEGS CODEC FIRST_PORT TABLE
//
// The legs' other ends are the UDP ports FIRST_PORT, FIRST_PORT + 2 ... of 127.0.0.1. A line of
// TABLE is "their_port our_address our_port payload_type".
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "base/loop.hpp"
#include "gateway/media/plane.hpp"

namespace {

using namespace belfry;

int serve(int legs, media::Codec codec, int first_port, const char* table) {
  const base::SystemClock clock;
  base::Loop loop(clock);
  base::SeededRandom random(1);
  gateway::media::Plane plane(loop, random, {.ports = {20'000, 33'999}});
  const call::RoomId room = plane.open_room(nullptr);
  std::ofstream file(table);
  for (int leg = 0; leg < legs; ++leg) {
    const auto seat = plane.open_network_seat();
    if (!seat) {
      std::cerr << seat.error().message << '\n';
      return 1;
    }
    const int port = first_port + 2 * leg;
    gateway::media::MediaTerms terms;
    terms.codec = codec;
    terms.payload_type_in = terms.payload_type_out = media::describe(codec).payload_type;
    terms.remote = net::Address{plane.local(), static_cast<std::uint16_t>(port)};
    plane.set_terms(seat->seat, terms);
    plane.enter(room, seat->seat, {});
    file << port << " 127.0.0.1 " << seat->port << ' ' << int{terms.payload_type_out} << '\n';
  }
  file.close();
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  int signal = 0;
  sigwait(&ends, &signal);
  std::cout << plane.late_ticks() << " of " << plane.ticks() << " ticks late\n";
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  sigset_t ends;  // blocked before a thread is there that would take it
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  if (count != 5) {
    std::cerr << "bench_conference_server LEGS pcmu|g722|opus FIRST_PORT TABLE\n";
    return 2;
  }
  const std::string_view name = arguments[2];
  const auto codec = belfry::media::find_codec(name, name == "opus" ? 48000 : 8000);
  if (!codec) return 2;
  return serve(std::atoi(arguments[1]), *codec, std::atoi(arguments[3]), arguments[4]);
}
