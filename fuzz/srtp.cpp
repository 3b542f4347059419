// SRTP and SRTCP of any bytes: what is not authentic is refused, and what we sealed is opened
// whatever came in between (rules M4, M5).
#include "rtp/srtp.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/bytes.hpp"
#include "rtp/packet.hpp"

using namespace belfry::rtp;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  belfry::base::ByteReader reader(std::as_bytes(std::span(data, size)));
  const SrtpSuite suite = srtp_suites[reader.u8() % srtp_suites.size()];
  const SrtpMaster keys{
      suite, std::vector<std::byte>(key_size(suite) + salt_size(suite), std::byte{7})
  };
  SrtpSender sender = std::move(*SrtpSender::create(keys));
  SrtpReceiver receiver = std::move(*SrtpReceiver::create(keys));
  std::vector<std::byte> sealed(2048), plain(2048);
  std::uint16_t sequence = 0;
  while (reader.left() > 1) {
    const std::uint8_t kind = reader.u8();
    const auto packet = reader.take(std::min<std::size_t>(reader.u8(), reader.left()));
    if (kind % 3 == 0) {
      require(!receiver.unprotect(packet, plain));  // nobody guesses a tag
    } else if (kind % 3 == 1) {
      require(!receiver.unprotect_control(packet, plain));
    } else {
      std::vector<std::byte> ours(header_size + packet.size());
      write_packet({false, 0, ++sequence, 0, 1}, packet, ours);
      const auto out = sender.protect(ours, sealed);
      require(!out.empty());
      const auto opened = receiver.unprotect(out, plain);
      require(opened && std::ranges::equal(*opened, ours));
    }
  }
  return 0;
}
