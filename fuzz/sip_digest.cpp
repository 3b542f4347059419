// Authentication headers: as credentials to us and as challenges to us. A parameter never comes
// twice, nothing is accepted without the password, the tables stay within their bounds (rule S4).
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/random.hpp"
#include "sip/digest_client.hpp"
#include "sip/digest_server.hpp"

using namespace belfry;
using namespace belfry::sip;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

Message request_with(std::string_view credentials) {
  return MessageBuilder::request("REGISTER", "sip:belfry")
      .add(HeaderId::via, "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx")
      .add(HeaderId::from, "<sip:u@belfry>;tag=1")
      .add(HeaderId::to, "<sip:u@belfry>")
      .add(HeaderId::call_id, "c")
      .add(HeaderId::cseq, "1 REGISTER")
      .add(HeaderId::authorization, credentials)
      .build();
}

Message challenge_with(std::string_view challenge) {
  return MessageBuilder::response(401).add(HeaderId::www_authenticate, challenge).build();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (const auto header = AuthHeader::parse(text)) require(header->params.size() <= 32);

  base::VirtualClock clock;
  DigestServer server({.realm = "belfry", .nonce_key = "key", .max_nonces = 4, .max_sources = 4});
  if (const auto presented = server.read(request_with(text))) {
    require(presented->uri == "sip:belfry" && !presented->nonce.empty());
    const auto secret = DigestSecret::of("u", "belfry", "a password that no input knows");
    for (int i = 0; i < 8; ++i)
      require(
          server.verify(*presented, secret, std::to_string(i), clock.now()) ==
          DigestVerdict::refused
      );
    require(server.remembered_sources() <= 4 && server.remembered_nonces() == 0);
  }

  base::SeededRandom random(1);
  DigestClient client({.username = "u\"\\", .password = "p"}, random);
  if (client.take_challenge(challenge_with(text), ChallengeFrom::configured_trunk)) {
    const auto header = client.authorize("INVITE", "sip:x");
    require(header.has_value());
    require(header->value.find_first_of("\r\n") == std::string::npos);
    const auto again = AuthHeader::parse(header->value);
    require(again && (*again)["username"] == "u\"\\");
  }
  return 0;
}
