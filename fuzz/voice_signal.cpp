// What a page sends on its socket, with steps of the clock between frames: first byte of each line
// is the time that passes, the rest a frame. Whatever comes, frames of ours are whole messages, who
// is registered has shown a good token, and the end is told once and last.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.hpp"
#include "compat/twilio/voice_sdk/session.hpp"

namespace {

using namespace belfry;
using compat::twilio::voice_sdk::Grant;
using compat::twilio::voice_sdk::Session;
using namespace std::chrono_literals;

/// "good" is a token for half a minute.
base::Result<Grant> verify(std::string_view token) {
  if (!token.starts_with("good")) return base::fail(base::Errc::unauthorized, "bad", 31204);
  Grant grant;
  grant.token.identity = token;
  grant.token.may_be_called = true;
  grant.life = 30s;
  return grant;
}

void require(bool holds) {
  if (!holds) std::abort();
}

void look_at(Session& session, bool& bound, bool& finished) {
  while (const auto frame = session.poll_transmit()) {
    require(!finished);
    require(*frame == "\n" || base::json::parse(*frame));
  }
  while (const auto event = session.poll_event()) {
    require(!finished);
    if (std::holds_alternative<Session::Bound>(*event)) {
      require(!bound && session.token());
      bound = true;
    } else if (std::holds_alternative<Session::Unbound>(*event)) {
      require(bound);
      bound = false;
    } else if (std::holds_alternative<Session::Finished>(*event)) {
      finished = true;
    }
  }
  require(bound == session.bound());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  base::VirtualClock clock;
  Session session(verify, {}, clock.now());
  bool bound = false;
  bool finished = false;
  for (const std::string_view line : base::split(text, '\n')) {
    if (!line.empty()) clock.advance(static_cast<unsigned char>(line[0]) * 100ms);
    if (session.next_timeout() <= clock.now()) {
      session.handle_timeout(clock.now());
      look_at(session, bound, finished);
    }
    session.handle_frame(line.empty() ? "\n" : line.substr(1), clock.now());
    look_at(session, bound, finished);
    require(finished || session.next_timeout() > clock.now() - 1s);
  }
  return 0;
}
