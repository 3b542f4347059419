#include "sip/digest_server.hpp"

#include <charconv>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace belfry::sip {

using base::Errc;
using base::fail;
using base::Result;

namespace {

constexpr base::Duration failure_window = std::chrono::minutes(1);
constexpr std::size_t id_digits = 12 + 8;  // 48 bits of ms, 32 bits of count
constexpr std::size_t mac_digits = 24;     // 96 bits

std::string hex(std::uint64_t value, std::size_t digits) {
  std::string out(digits, '0');
  for (std::size_t i = digits; i > 0; --i, value >>= 4) out[i - 1] = "0123456789abcdef"[value & 15];
  return out;
}

std::optional<std::uint64_t> from_hex(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::uint64_t milliseconds(base::Instant now) {
  return static_cast<std::uint64_t>(base::to_ms(now.time_since_epoch())) & 0xFFFFFFFFFFFF;
}

std::unexpected<base::Error> refused(const char* why) {
  return fail(Errc::unauthorized, why, 401);
}

Result<PresentedCredentials> check(const AuthHeader& header, const Message& request) {
  for (const char* name : {"username", "nonce", "uri", "response", "cnonce", "nc", "qop"})
    if (header[name].empty()) return refused("a digest parameter is missing");
  if (header.has("userhash") || header.has("username*"))
    return refused("hashed user names are not offered");
  if (!base::equals_ignoring_case(header["qop"], "auth")) return refused("qop is not auth");
  if (header["uri"] != request.request_uri_text()) return refused("uri is not the Request-URI");
  if (header["nc"].size() != 8 || !from_hex(header["nc"])) return refused("nc");
  const auto algorithm =
      digest_algorithm_from(header.has("algorithm") ? header["algorithm"] : "MD5");
  if (!algorithm || is_session_variant(*algorithm)) return refused("algorithm was not offered");
  return PresentedCredentials{
      .username = std::string(header["username"]),
      .algorithm = *algorithm,
      .nonce = std::string(header["nonce"]),
      .cnonce = std::string(header["cnonce"]),
      .nc = std::string(header["nc"]),
      .method = std::string(request.method_name()),
      .uri = std::string(header["uri"]),
      .response = base::to_lower(header["response"]),
  };
}

}  // namespace

DigestSecret DigestSecret::of(
    std::string_view username, std::string_view realm, std::string_view password
) {
  return {
      digest_ha1(DigestAlgorithm::md5, username, realm, password),
      digest_ha1(DigestAlgorithm::sha256, username, realm, password)
  };
}

DigestServer::DigestServer(Settings settings)
    : settings_(std::move(settings)),
      dummy_(DigestSecret::of("nobody", settings_.realm, settings_.nonce_key)) {}

std::vector<std::string> DigestServer::challenges(base::Instant now, bool stale) {
  const std::string nonce = make_nonce(now);
  std::vector<std::string> out;
  for (const DigestAlgorithm algorithm : {DigestAlgorithm::sha256, DigestAlgorithm::md5}) {
    std::string line = "Digest realm=" + quoted(settings_.realm) + ", nonce=\"" + nonce +
                       "\", algorithm=" + std::string(to_string(algorithm)) + ", qop=\"auth\"";
    if (stale) line += ", stale=true";
    out.push_back(std::move(line));
  }
  return out;
}

Result<PresentedCredentials> DigestServer::read(const Message& request) const {
  std::optional<AuthHeader> ours;
  for (const std::string_view line : request.lines(HeaderId::authorization)) {
    auto header = AuthHeader::parse(line);
    if (!header) return refused("Authorization does not parse");
    if (header->scheme != "digest" || (*header)["realm"] != settings_.realm) continue;
    if (ours) return refused("two credentials for one realm");
    ours = std::move(*header);
  }
  if (!ours) return fail(Errc::not_found, "no credentials for our realm", 401);
  return check(*ours, request);
}

DigestVerdict DigestServer::verify(
    const PresentedCredentials& presented, const std::optional<DigestSecret>& secret,
    std::string_view source, base::Instant now
) {
  const DigestSecret& used = secret ? *secret : dummy_;
  const bool sha256 = presented.algorithm == DigestAlgorithm::sha256;
  const std::string& ha1 = sha256 ? used.ha1_sha256 : used.ha1_md5;
  const std::string expected = digest_response(
      {.algorithm = presented.algorithm,
       .ha1 = ha1,
       .nonce = presented.nonce,
       .cnonce = presented.cnonce,
       .nc = presented.nc,
       .qop = "auth",
       .method = presented.method,
       .uri = presented.uri}
  );
  const bool same = base::equal_in_constant_time(expected, presented.response);
  if (!same || !secret || ha1.empty()) {
    count_failure(source, now);
    return DigestVerdict::refused;
  }
  return use_nonce(presented, now) ? DigestVerdict::accepted : DigestVerdict::stale;
}

bool DigestServer::is_banned(std::string_view source, base::Instant now) const {
  const auto found = sources_.find(source);
  return found != sources_.end() && now < found->second.banned_until;
}

std::string DigestServer::make_nonce(base::Instant now) {
  const std::string id = hex(milliseconds(now), 12) + hex(++made_, 8);
  return id + mac_of(id);
}

std::string DigestServer::mac_of(std::string_view id) const {
  return base::to_hex(base::hmac_sha256(base::as_bytes(settings_.nonce_key), id))
      .substr(0, mac_digits);
}

std::optional<DigestServer::NonceId> DigestServer::read_nonce(std::string_view nonce) const {
  if (nonce.size() != id_digits + mac_digits) return std::nullopt;
  const auto id = nonce.substr(0, id_digits);
  if (!base::equal_in_constant_time(mac_of(id), nonce.substr(id_digits))) return std::nullopt;
  const auto made_at = from_hex(id.substr(0, 12));
  const auto count = from_hex(id.substr(12));
  if (!made_at || !count) return std::nullopt;
  return NonceId{*made_at, *count};
}

bool DigestServer::use_nonce(const PresentedCredentials& presented, base::Instant now) {
  const std::uint64_t now_ms = milliseconds(now);
  const auto life_ms = static_cast<std::uint64_t>(base::to_ms(settings_.nonce_life));
  while (!highest_nc_.empty() && highest_nc_.begin()->first.first + life_ms < now_ms)
    highest_nc_.erase(highest_nc_.begin());

  const auto id = read_nonce(presented.nonce);
  if (!id || id->first > now_ms || id->first + life_ms < now_ms) return false;
  if (*id <= forgotten_up_to_) return false;
  const std::uint64_t nc = from_hex(presented.nc).value_or(0);
  std::uint64_t& highest = highest_nc_[*id];
  const bool fresh = nc > highest;
  if (fresh) highest = nc;
  if (highest_nc_.size() > settings_.max_nonces) {
    // Full of live nonces: the oldest is forgotten, and with it every older one, so that none can
    // be replayed.
    forgotten_up_to_ = highest_nc_.begin()->first;
    highest_nc_.erase(highest_nc_.begin());
  }
  return fresh;
}

void DigestServer::make_room_for_source(base::Instant now) {
  // A few steps each time, so that a flood of forged sources costs nothing (rule O2). Who is banned
  // stays: otherwise the flood would free them.
  for (int step = 0; step < 4 && !source_order_.empty(); ++step) {
    const Source& oldest = sources_.at(source_order_.front());
    const bool over = now >= oldest.window_start + failure_window;
    if (!over && sources_.size() < settings_.max_sources) return;
    if (now < oldest.banned_until) {
      source_order_.push_back(std::move(source_order_.front()));
    } else {
      sources_.erase(source_order_.front());
    }
    source_order_.pop_front();
  }
}

void DigestServer::count_failure(std::string_view source, base::Instant now) {
  auto found = sources_.find(source);
  if (found == sources_.end()) {
    make_room_for_source(now);
    if (sources_.size() >= settings_.max_sources) return;  // all of them are banned
    source_order_.emplace_back(source);
    found = sources_.emplace(std::string(source), Source{now, 0, base::Instant{}}).first;
  }
  Source& counted = found->second;
  if (now >= counted.window_start + failure_window) counted = Source{now, 0, base::Instant{}};
  if (++counted.failures >= settings_.failures_per_minute) {
    counted.banned_until = now + settings_.ban;
    counted.failures = 0;
  }
}

}  // namespace belfry::sip
