#include "sdp/crypto.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace belfry::sdp {
namespace {

using base::Errc;

constexpr std::size_t longest_key = 64;
constexpr std::uint64_t highest_tag = 999'999'999;

/// `KEY`, `KEY|2^31`, `KEY|2^20|1:4`: the last with an MKI, which each packet would carry.
base::Result<std::vector<std::byte>> parse_key(std::string_view text) {
  if (!text.starts_with("inline:")) return base::fail(Errc::unsupported, "SDP: key method");
  const auto parts = base::split(text.substr(std::string_view("inline:").size()), '|');
  for (const std::string_view part : std::span(parts).subspan(1))
    if (part.find(':') != std::string_view::npos)
      return base::fail(Errc::unsupported, "SDP: an MKI in a=crypto");
  auto key = base::from_base64(parts.front());
  if (!key || key->size() > longest_key) return base::fail(Errc::malformed, "SDP: a=crypto key");
  return std::move(*key);
}

/// Of the session parameters only these leave the packets as they are (RFC 4568 section 6.3).
bool is_harmless(std::string_view parameter) {
  return parameter.starts_with("WSH=") || parameter.starts_with("FEC_ORDER=");
}

template <class Visit>
void for_each_line(const Media& media, Visit visit) {
  for (const Attribute& attribute : media.attributes) {
    if (attribute.name != "crypto") continue;
    if (const auto line = parse_crypto(attribute.value)) visit(*line);
  }
}

}  // namespace

base::Result<CryptoLine> parse_crypto(std::string_view value) {
  std::vector<std::string_view> words;
  for (const std::string_view word : base::split(value, ' '))
    if (!word.empty()) words.push_back(word);
  if (words.size() < 3) return base::fail(Errc::malformed, "SDP: a=crypto");
  const auto tag = base::parse_unsigned(words[0]);
  if (!tag || *tag > highest_tag) return base::fail(Errc::malformed, "SDP: a=crypto tag");
  if (words[2].find(';') != std::string_view::npos)
    return base::fail(Errc::unsupported, "SDP: several keys in a=crypto");
  for (const std::string_view parameter : std::span(words).subspan(3))
    if (!is_harmless(parameter))
      return base::fail(Errc::unsupported, "SDP: session parameter in a=crypto");
  BELFRY_TRY(key, parse_key(words[2]));
  return CryptoLine{static_cast<std::uint32_t>(*tag), std::string(words[1]), std::move(key)};
}

std::string to_string(const CryptoLine& line) {
  return std::to_string(line.tag) + ' ' + line.suite +
         " inline:" + base::to_base64(line.key_and_salt);
}

std::vector<LocalCrypto> make_keys(
    std::span<const std::byte> secret, const std::vector<CryptoSuite>& suites,
    std::uint32_t generation
) {
  std::vector<LocalCrypto> made;
  if (secret.empty()) return made;
  for (const CryptoSuite& suite : suites) {
    LocalCrypto crypto{suite.name, {}};
    for (int block = 0; crypto.key_and_salt.size() < suite.key_and_salt_size; ++block) {
      const std::string label =
          "sdes\n" + suite.name + '\n' + std::to_string(generation) + '\n' + std::to_string(block);
      const auto bytes = base::hmac_sha256(secret, label);
      crypto.key_and_salt.insert(crypto.key_and_salt.end(), bytes.begin(), bytes.end());
    }
    crypto.key_and_salt.resize(suite.key_and_salt_size);
    made.push_back(std::move(crypto));
  }
  return made;
}

void add_crypto_lines(Media& media, const std::vector<LocalCrypto>& local) {
  std::uint32_t tag = 0;
  for (const LocalCrypto& crypto : local)
    media.attributes.push_back({"crypto", to_string({++tag, crypto.suite, crypto.key_and_salt})});
}

std::optional<CryptoChoice> choose_crypto(
    const std::vector<LocalCrypto>& local, const Media& offered
) {
  for (const LocalCrypto& ours : local) {
    std::optional<CryptoChoice> choice;
    for_each_line(offered, [&](const CryptoLine& line) {
      const bool fits = base::equals_ignoring_case(line.suite, ours.suite) &&
                        line.key_and_salt.size() == ours.key_and_salt.size();
      if (choice || !fits) return;
      choice = CryptoChoice{
          {ours.suite, ours.key_and_salt, line.key_and_salt},
          {line.tag, line.suite, ours.key_and_salt}
      };
    });
    if (choice) return choice;
  }
  return std::nullopt;
}

std::optional<CryptoAgreement> agreed_crypto(const Media& offered, const Media& answered) {
  std::optional<CryptoAgreement> agreed;
  for_each_line(answered, [&](const CryptoLine& theirs) {
    for_each_line(offered, [&](const CryptoLine& ours) {
      const bool fits = ours.tag == theirs.tag &&
                        base::equals_ignoring_case(ours.suite, theirs.suite) &&
                        ours.key_and_salt.size() == theirs.key_and_salt.size();
      if (fits && !agreed)
        agreed = CryptoAgreement{ours.suite, ours.key_and_salt, theirs.key_and_salt};
    });
  });
  return agreed;
}

}  // namespace belfry::sdp
