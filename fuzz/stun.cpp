// STUN messages of any bytes: what is read lies inside the datagram, nobody guesses a password, and
// what we answer reads back (rule M5).
#include "webrtc/stun.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/bytes.hpp"

using namespace belfry::webrtc;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void answer(const stun::Message& message, const IntegrityKey& key) {
  Path path = message.mapped.value_or(Path{});
  std::vector<std::byte> buffer(stun::longest_written);
  const auto success = stun::parse(stun::write_success(message.id, path, key, buffer));
  require(success && success->id == message.id && success->mapped == path);
  require(stun::is_authentic(*success, key));
  const auto error = stun::parse(stun::write_error(message.id, 420, message.unknown, key, buffer));
  require(error && error->error_code == 420 && stun::is_authentic(*error, key));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const IntegrityKey key("which nobody knows");
  const std::vector<std::byte> datagram(
      reinterpret_cast<const std::byte*>(data), reinterpret_cast<const std::byte*>(data) + size
  );
  const auto message = stun::parse(datagram);
  if (!message) return 0;
  require(stun::is_stun(datagram));
  require(message->username.size() <= size);
  require(message->integrity_at == 0 || size - message->integrity_at >= 24);
  require(!stun::is_authentic(*message, key));
  require(stun::receiver_ufrag(*message).size() <= message->username.size());
  answer(*message, key);
  return 0;
}
