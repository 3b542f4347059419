#include "sip/digest_client.hpp"

#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace belfry::sip {

using base::Errc;
using base::fail;
using base::Result;

namespace {

std::string count_text(std::uint32_t nc) {
  std::array<std::byte, 4> bytes{};
  for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<std::byte>(nc >> (24 - 8 * i) & 0xFF);
  return base::to_hex(bytes);
}

bool offers_auth(std::string_view qop) {
  for (const std::string_view option : base::split(qop, ','))
    if (base::equals_ignoring_case(base::trim(option), "auth")) return true;
  return false;
}

}  // namespace

DigestClient::DigestClient(Settings settings, base::Random& random)
    : settings_(std::move(settings)), random_(random) {}

Result<DigestClient::Challenge> DigestClient::choose(const Message& response) const {
  const bool proxy = response.status() == 407;
  auto error = fail(Errc::unsupported, "no digest challenge that we can answer");
  for (const std::string_view line :
       response.lines(proxy ? HeaderId::proxy_authenticate : HeaderId::www_authenticate)) {
    const auto header = AuthHeader::parse(line);
    if (!header || header->scheme != "digest" || (*header)["nonce"].empty()) continue;
    if (!settings_.realm.empty() && (*header)["realm"] != settings_.realm) {
      error = fail(Errc::forbidden, "the challenge is for another realm");
      continue;
    }
    const bool named = header->has("algorithm");
    const auto algorithm = digest_algorithm_from(named ? (*header)["algorithm"] : "MD5");
    if (!algorithm) continue;
    if (header->has("qop") && !offers_auth((*header)["qop"])) continue;
    // The first that we can do: the server lists its best first (RFC 8760 section 2.4).
    return Challenge{
        .answer_with = proxy ? HeaderId::proxy_authorization : HeaderId::authorization,
        .algorithm = *algorithm,
        .algorithm_named = named,
        .qop_auth = header->has("qop"),
        .realm = std::string((*header)["realm"]),
        .nonce = std::string((*header)["nonce"]),
        .opaque = std::string((*header)["opaque"]),
        .stale = base::equals_ignoring_case((*header)["stale"], "true"),
    };
  }
  return error;
}

Result<> DigestClient::take_challenge(const Message& response, ChallengeFrom from) {
  if (from != ChallengeFrom::configured_trunk)
    return fail(Errc::forbidden, "credentials are for the trunk only");
  BELFRY_TRY(chosen, choose(response));
  const bool refuted = sent_ && !proven_;
  if (refuted && (!chosen.stale || stale_seen_))
    return fail(Errc::unauthorized, "the trunk refused our credentials", response.status());
  stale_seen_ = refuted;
  proven_ = false;
  settings_.realm = chosen.realm;
  challenge_ = std::move(chosen);
  sent_ = false;
  nc_ = 0;
  return {};
}

std::optional<DigestClient::Header> DigestClient::authorize(
    std::string_view method, std::string_view uri
) {
  if (!challenge_) return std::nullopt;
  const Challenge& challenge = *challenge_;
  std::array<std::byte, 16> random{};
  random_.fill(random);
  const std::string cnonce = base::to_hex(random);
  const std::string nc = count_text(++nc_);
  const std::string ha1 =
      digest_ha1(challenge.algorithm, settings_.username, challenge.realm, settings_.password);
  const std::string response = digest_response(
      {.algorithm = challenge.algorithm,
       .ha1 = ha1,
       .nonce = challenge.nonce,
       .cnonce = cnonce,
       .nc = nc,
       .qop = challenge.qop_auth ? "auth" : "",
       .method = method,
       .uri = uri}
  );
  std::string value = "Digest username=" + quoted(settings_.username) +
                      ", realm=" + quoted(challenge.realm) + ", nonce=" + quoted(challenge.nonce) +
                      ", uri=" + quoted(uri) + ", response=\"" + response + '"';
  if (challenge.algorithm_named)
    value += ", algorithm=" + std::string(to_string(challenge.algorithm));
  if (challenge.qop_auth) value += ", qop=auth, nc=" + nc;
  if (challenge.qop_auth || is_session_variant(challenge.algorithm))
    value += ", cnonce=\"" + cnonce + '"';
  if (!challenge.opaque.empty()) value += ", opaque=" + quoted(challenge.opaque);
  sent_ = true;
  return Header{challenge.answer_with, std::move(value)};
}

void DigestClient::accepted() {
  if (!sent_) return;
  proven_ = true;
  sent_ = false;
  stale_seen_ = false;
}

}  // namespace belfry::sip
