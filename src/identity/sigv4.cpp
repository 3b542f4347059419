#include "identity/sigv4.hpp"

#include <algorithm>
#include <cstdio>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace belfry::identity::sigv4 {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string decoded(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  return base::percent_decode(spaced).value_or(std::move(spaced));
}

Pairs read_query(std::string_view query) {
  Pairs pairs;
  for (const std::string_view part : base::split(query, '&')) {
    if (part.empty()) continue;
    const auto equals = part.find('=');
    const bool bare = equals == std::string_view::npos;
    pairs.emplace_back(
        decoded(part.substr(0, equals)), bare ? std::string() : decoded(part.substr(equals + 1))
    );
  }
  return pairs;
}

std::string canonical_query(std::string_view query) {
  Pairs pairs;
  for (const auto& [name, value] : read_query(query))
    if (name != "X-Amz-Signature")
      pairs.emplace_back(base::percent_encode(name), base::percent_encode(value));
  std::ranges::sort(pairs);
  std::string text;
  for (const auto& [name, value] : pairs)
    text.append(text.empty() ? "" : "&").append(name).append("=").append(value);
  return text;
}

/// RFC 3986 section 5.2.4, and doubled slashes are one.
std::vector<std::string_view> normalized(std::string_view path) {
  std::vector<std::string_view> kept;
  for (const std::string_view segment : base::split(path, '/')) {
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      kept.push_back(segment);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  return kept;
}

std::string canonical_path(std::string_view path, std::string_view service) {
  if (path.empty()) return "/";
  if (service == "s3") return std::string(path);
  std::string text;
  for (const std::string_view segment : normalized(path))
    text.append("/").append(base::percent_encode(segment));
  if (text.empty() || path.ends_with('/')) text += '/';
  return text;
}

/// Without blanks around it, inner runs of them as one.
std::string canonical_value(std::string_view value) {
  std::string text;
  for (const char character : base::trim(value))
    if (character != ' ' || !text.ends_with(' ')) text += character;
  return text;
}

std::string header_values(const Request& request, std::string_view name) {
  std::string joined;
  bool first = true;
  for (const auto& [each, value] : request.headers) {
    if (!base::equals_ignoring_case(each, name)) continue;
    if (!first) joined += ',';
    joined += canonical_value(value);
    first = false;
  }
  return joined;
}

std::optional<std::string> header(const Request& request, std::string_view name) {
  const auto found = std::ranges::find_if(request.headers, [&](const Header& each) {
    return base::equals_ignoring_case(each.first, name);
  });
  if (found == request.headers.end()) return std::nullopt;
  return found->second;
}

std::string joined(std::span<const std::string> names) {
  std::string text;
  for (const std::string& name : names) text.append(text.empty() ? "" : ";").append(name);
  return text;
}

std::vector<std::string> split_names(std::string_view text) {
  std::vector<std::string> names;
  for (const std::string_view name : base::split(text, ';')) names.push_back(base::to_lower(name));
  return names;
}

bool read_scope(std::string_view credential, Claim& claim) {
  const auto parts = base::split(credential, '/');
  if (parts.size() != 5 || parts[4] != "aws4_request" || parts[0].empty()) return false;
  claim.access_key_id = parts[0];
  claim.scope = {std::string(parts[1]), std::string(parts[2]), std::string(parts[3])};
  return true;
}

std::unexpected<Problem> incomplete(std::string message) {
  return std::unexpected(Problem{Problem::Kind::incomplete, std::move(message)});
}

std::unexpected<Problem> missing() {
  return std::unexpected(Problem{Problem::Kind::missing, "Missing Authentication Token"});
}

bool signs(const Claim& claim, std::string_view name) {
  return std::ranges::find(claim.signed_headers, name) != claim.signed_headers.end();
}

/// What both forms must have.
std::expected<Claim, Problem> checked(Claim claim) {
  if (!signs(claim, "host"))
    return incomplete("'Host' must be a 'SignedHeader' in the AWS Authorization.");
  if (!parse_amz_date(claim.time))
    return incomplete("Date must be in ISO-8601 'basic format'. Got '" + claim.time + "'.");
  if (claim.time.substr(0, 8) != claim.scope.date)
    return incomplete(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP"
    );
  return claim;
}

std::expected<Claim, Problem> read_header(const Request& request, std::string_view value) {
  constexpr std::string_view scheme = "AWS4-HMAC-SHA256";
  if (!value.starts_with(scheme)) return missing();
  Claim claim;
  bool has_credential = false;
  for (const std::string_view part : base::split(value.substr(scheme.size()), ',')) {
    const std::string_view item = base::trim(part);
    const auto equals = item.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = item.substr(0, equals);
    const std::string_view text = item.substr(equals + 1);
    if (name == "Credential") has_credential = read_scope(text, claim);
    if (name == "SignedHeaders") claim.signed_headers = split_names(text);
    if (name == "Signature") claim.signature = text;
  }
  if (!has_credential)
    return incomplete(
        "Authorization header requires 'Credential' parameter, "
        "'AKID/date/region/service/aws4_request'."
    );
  if (claim.signature.empty())
    return incomplete("Authorization header requires 'Signature' parameter.");
  if (claim.signed_headers.empty())
    return incomplete("Authorization header requires 'SignedHeaders' parameter.");
  claim.time = header(request, "x-amz-date").value_or("");
  if (claim.time.empty())
    return incomplete(
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
    );
  if (!signs(claim, "x-amz-date"))
    return incomplete("'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization.");
  return checked(std::move(claim));
}

std::expected<Claim, Problem> read_presigned(const Request& request) {
  Claim claim;
  claim.in_query = true;
  bool has_credential = false;
  std::string algorithm;
  for (const auto& [name, value] : read_query(request.query)) {
    if (name == "X-Amz-Algorithm") algorithm = value;
    if (name == "X-Amz-Credential") has_credential = read_scope(value, claim);
    if (name == "X-Amz-Date") claim.time = value;
    if (name == "X-Amz-SignedHeaders") claim.signed_headers = split_names(value);
    if (name == "X-Amz-Signature") claim.signature = value;
    if (name == "X-Amz-Expires")
      claim.expires = std::chrono::seconds(
          std::min<std::uint64_t>(base::parse_unsigned(value).value_or(0), 604'800)  // a week
      );
  }
  if (algorithm.empty()) return missing();
  if (algorithm != "AWS4-HMAC-SHA256" || !has_credential || claim.signature.empty())
    return incomplete(
        "The presigned URL needs X-Amz-Algorithm, X-Amz-Credential and X-Amz-Signature."
    );
  return checked(std::move(claim));
}

/// Clocks may differ (rule T2); a presigned URL is good for as long as it says.
std::optional<Problem> check_time(const Claim& claim, base::WallTime now) {
  const base::WallTime time = *parse_amz_date(claim.time);
  const base::WallTime earliest = now - clock_tolerance;
  const base::WallTime latest = now + clock_tolerance;
  const std::chrono::seconds good_for = claim.in_query ? claim.expires : std::chrono::seconds(0);
  if (time + good_for < (claim.in_query ? now : earliest))
    return Problem{
        Problem::Kind::expired, "Signature expired: " + claim.time + " is now earlier than " +
                                    to_amz_date(earliest) + " (" + to_amz_date(now) + " - 15 min.)"
    };
  if (time > latest)
    return Problem{
        Problem::Kind::not_yet_valid, "Signature not yet current: " + claim.time +
                                          " is still later than " + to_amz_date(latest) + " (" +
                                          to_amz_date(now) + " + 15 min.)"
    };
  return std::nullopt;
}

Problem wrong() {
  return {
      Problem::Kind::wrong,
      "The request signature we calculated does not match the signature you provided. Check your "
      "AWS Secret Access Key and signing method. Consult the service documentation for details."
  };
}

}  // namespace

std::string Scope::text() const {
  return date + "/" + region + "/" + service + "/aws4_request";
}

std::string to_amz_date(base::WallTime time) {
  std::string text = base::to_rfc3339_seconds(time);
  std::erase_if(text, [](char character) { return character == '-' || character == ':'; });
  return text;
}

std::optional<base::WallTime> parse_amz_date(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t digits) {
    return base::parse_unsigned(text.substr(at, digits)).value_or(9999);
  };
  const std::chrono::year_month_day day{
      std::chrono::year(static_cast<int>(number(0, 4))),
      std::chrono::month(static_cast<unsigned>(number(4, 2))),
      std::chrono::day(static_cast<unsigned>(number(6, 2)))
  };
  const auto hour = number(9, 2);
  const auto minute = number(11, 2);
  const auto second = number(13, 2);
  if (!day.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return base::WallTime(std::chrono::sys_days(day)) + std::chrono::hours(hour) +
         std::chrono::minutes(minute) + std::chrono::seconds(second);
}

std::string canonical_request(
    const Request& request, std::span<const std::string> signed_headers,
    std::string_view payload_hash, std::string_view service
) {
  std::string text = request.method + "\n" + canonical_path(request.path, service) + "\n" +
                     canonical_query(request.query) + "\n";
  for (const std::string& name : signed_headers)
    text.append(name).append(":").append(header_values(request, name)).append("\n");
  return text.append("\n").append(joined(signed_headers)).append("\n").append(payload_hash);
}

std::vector<std::byte> signing_key(const Scope& scope, std::string_view secret_access_key) {
  const std::string start = "AWS4" + std::string(secret_access_key);
  std::vector<std::byte> key = base::hmac_sha256(base::as_bytes(start), scope.date);
  for (const std::string_view part :
       {std::string_view(scope.region), std::string_view(scope.service),
        std::string_view("aws4_request")})
    key = base::hmac_sha256(key, part);
  return key;
}

std::string signature_of(
    const Request& request, std::span<const std::string> signed_headers,
    std::string_view payload_hash, const Scope& scope, std::string_view time,
    std::string_view secret_access_key
) {
  const std::string canonical =
      canonical_request(request, signed_headers, payload_hash, scope.service);
  std::string to_sign = "AWS4-HMAC-SHA256\n";
  to_sign.append(time).append("\n").append(scope.text()).append("\n");
  to_sign.append(base::sha256_hex(canonical));
  return base::to_hex(base::hmac_sha256(signing_key(scope, secret_access_key), to_sign));
}

std::expected<Claim, Problem> read_claim(const Request& request) {
  if (const auto value = header(request, "authorization")) return read_header(request, *value);
  return read_presigned(request);
}

std::optional<Problem> verify(
    const Claim& claim, const Request& request, std::string_view body_hash,
    std::string_view secret_access_key, base::WallTime now
) {
  if (auto late = check_time(claim, now)) return late;
  const std::string said = header(request, "x-amz-content-sha256").value_or("");
  std::string payload(body_hash);
  if (claim.in_query) {
    payload = unsigned_payload;
  } else if (!said.empty() && said != body_hash) {
    // Also UNSIGNED-PAYLOAD: a body that nobody vouches for is not taken (rule T2).
    return wrong();
  }
  const std::string expected = signature_of(
      request, claim.signed_headers, payload, claim.scope, claim.time, secret_access_key
  );
  if (!base::equal_in_constant_time(expected, claim.signature)) return wrong();
  return std::nullopt;
}

void sign(
    Request& request, std::string_view body_hash, const Credentials& credentials,
    std::string_view region, std::string_view service, base::WallTime now
) {
  const std::string time = to_amz_date(now);
  request.headers.emplace_back("x-amz-date", time);
  request.headers.emplace_back("x-amz-content-sha256", std::string(body_hash));
  if (!credentials.session_token.empty())
    request.headers.emplace_back("x-amz-security-token", credentials.session_token);
  std::vector<std::string> names;
  names.reserve(request.headers.size());
  for (const auto& [name, value] : request.headers) names.push_back(base::to_lower(name));
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  const Scope scope{time.substr(0, 8), std::string(region), std::string(service)};
  const std::string signature =
      signature_of(request, names, body_hash, scope, time, credentials.secret_access_key);
  request.headers.emplace_back(
      "authorization", "AWS4-HMAC-SHA256 Credential=" + credentials.access_key_id + "/" +
                           scope.text() + ", SignedHeaders=" + joined(names) +
                           ", Signature=" + signature
  );
}

}  // namespace belfry::identity::sigv4
