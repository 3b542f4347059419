#include "sip/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <cassert>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "sip/header.hpp"

namespace belfry::sip {

using base::Errc;
using base::fail;
using base::Result;

namespace {

constexpr std::array<std::string_view, 4> algorithm_names = {
    "MD5", "MD5-sess", "SHA-256", "SHA-256-sess"
};
constexpr std::size_t most_params = 32;

/// Takes one character after another; `read_params` below is its only user.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}
  void skip_space() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t')) rest_.remove_prefix(1);
  }
  bool done() const { return rest_.empty(); }
  bool take(char wanted) {
    if (rest_.empty() || rest_[0] != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view until(std::string_view stops) {
    const auto end = std::min(rest_.find_first_of(stops), rest_.size());
    const auto word = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return word;
  }
  /// After the opening quote; nothing when the closing one is missing.
  std::optional<std::string> quoted_rest() {
    std::string out;
    while (!rest_.empty()) {
      if (take('"')) return out;
      if (take('\\') && rest_.empty()) return std::nullopt;
      out += rest_[0];
      rest_.remove_prefix(1);
    }
    return std::nullopt;
  }

 private:
  std::string_view rest_;
};

std::unexpected<base::Error> malformed() {
  return fail(Errc::malformed, "authentication header does not parse");
}

}  // namespace

std::string_view to_string(DigestAlgorithm algorithm) {
  return algorithm_names[static_cast<std::size_t>(algorithm)];
}

std::optional<DigestAlgorithm> digest_algorithm_from(std::string_view name) {
  for (std::size_t i = 0; i < algorithm_names.size(); ++i)
    if (base::equals_ignoring_case(algorithm_names[i], name))
      return static_cast<DigestAlgorithm>(i);
  return std::nullopt;
}

Result<AuthHeader> AuthHeader::parse(std::string_view line) {
  Cursor cursor(line);
  AuthHeader out;
  cursor.skip_space();
  out.scheme = base::to_lower(cursor.until(" \t"));
  if (!is_token(out.scheme)) return malformed();
  for (cursor.skip_space(); !cursor.done(); cursor.skip_space()) {
    const std::string name = base::to_lower(base::trim(cursor.until("=,\"")));
    if (!is_token(name) || !cursor.take('=')) return malformed();
    cursor.skip_space();
    std::string value;
    if (cursor.take('"')) {
      auto text = cursor.quoted_rest();
      if (!text) return malformed();
      value = std::move(*text);
    } else {
      value = base::trim(cursor.until(",\""));
      if (value.empty()) return malformed();
    }
    if (out.params.size() >= most_params || !out.params.emplace(name, std::move(value)).second)
      return malformed();
    cursor.skip_space();
    if (!cursor.done() && !cursor.take(',')) return malformed();
  }
  return out;
}

std::string_view AuthHeader::operator[](std::string_view name) const {
  const auto found = params.find(std::string(name));
  return found == params.end() ? std::string_view() : found->second;
}

std::string digest_hash(DigestAlgorithm algorithm, std::string_view text) {
  if (algorithm == DigestAlgorithm::sha256 || algorithm == DigestAlgorithm::sha256_sess)
    return base::sha256_hex(text);
  std::array<std::byte, EVP_MAX_MD_SIZE> bytes{};
  unsigned int length = 0;
  [[maybe_unused]] const int done = EVP_Digest(
      text.data(), text.size(), reinterpret_cast<unsigned char*>(bytes.data()), &length, EVP_md5(),
      nullptr
  );
  assert(done == 1);
  return base::to_hex(std::span(bytes).first(length));
}

std::string digest_ha1(
    DigestAlgorithm algorithm, std::string_view username, std::string_view realm,
    std::string_view password
) {
  std::string text(username);
  text.append(":").append(realm).append(":").append(password);
  return digest_hash(algorithm, text);
}

std::string digest_response(const DigestInput& in) {
  std::string ha1(in.ha1);
  if (is_session_variant(in.algorithm)) {
    ha1.append(":").append(in.nonce).append(":").append(in.cnonce);
    ha1 = digest_hash(in.algorithm, ha1);
  }
  std::string a2(in.method);
  a2.append(":").append(in.uri);
  std::string text = std::move(ha1);
  text.append(":").append(in.nonce).append(":");
  if (!in.qop.empty())
    text.append(in.nc).append(":").append(in.cnonce).append(":").append(in.qop).append(":");
  text += digest_hash(in.algorithm, a2);
  return digest_hash(in.algorithm, text);
}

}  // namespace belfry::sip
