#include "twiml/cookie_jar.hpp"

#include "base/text.hpp"
#include "twiml/url.hpp"

namespace belfry::twiml {
namespace {

using namespace std::chrono;

constexpr std::size_t max_cookies = 50;
constexpr std::size_t max_cookie_bytes = 4096;
constexpr base::WallTime never = base::WallTime::max();

/// The date forms of RFC 6265, section 5.1.1, as servers write them: "Wed, 21 Oct 2026 07:28:00
/// GMT", also with dashes. Nothing when it is another.
std::optional<base::WallTime> read_date(std::string_view text) {
  constexpr std::string_view months = "janfebmaraprmayjunjulaugsepoctnovdec";
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '-', ' ');
  std::vector<std::string_view> words;
  for (const auto word : base::split(spaced, ' '))
    if (!word.empty()) words.push_back(word);
  if (words.size() < 5) return std::nullopt;
  const auto d = base::parse_unsigned(words[1]);
  const auto m = months.find(base::to_lower(words[2].substr(0, 3)));
  auto y = base::parse_unsigned(words[3]);
  if (!d || !y || m == std::string_view::npos || m % 3 != 0 || *y > 9999) return std::nullopt;
  if (*y < 70) *y += 2000;
  if (*y < 100) *y += 1900;
  const year_month_day date(
      year(static_cast<int>(*y)), month(static_cast<unsigned>(m / 3 + 1)),
      day(static_cast<unsigned>(*d))
  );
  if (!date.ok()) return std::nullopt;
  return base::WallTime(sys_days(date));
}

std::string default_path(std::string_view url_path) {
  const auto slash = url_path.rfind('/');
  return slash == 0 || slash == std::string_view::npos ? "/"
                                                       : std::string(url_path.substr(0, slash));
}

bool path_matches(std::string_view request, std::string_view cookie) {
  if (!request.starts_with(cookie)) return false;
  return request.size() == cookie.size() || cookie.ends_with('/') || request[cookie.size()] == '/';
}

bool is_secure(const UrlParts& parts) {
  return parts.scheme && base::equals_ignoring_case(*parts.scheme, "https");
}

base::WallTime expiry_of(std::string_view max_age, base::WallTime now) {
  if (max_age.starts_with('-')) return now;
  const auto age = base::parse_unsigned(max_age);
  if (!age) return never;
  constexpr std::uint64_t a_year = 366ull * 24 * 3600;
  return now + seconds(std::min(*age, a_year));
}

}  // namespace

void CookieJar::store(std::string_view url, std::string_view raw, base::WallTime now) {
  const UrlParts parts = split_url(url);
  const auto fields = base::split(raw, ';');
  const std::string_view pair = base::trim(fields.front());
  const auto equals = pair.find('=');
  if (equals == 0 || equals == std::string_view::npos || raw.size() > max_cookie_bytes) return;
  if (raw.find_first_of("\r\n") != std::string_view::npos) return;
  Cookie cookie;
  cookie.host = base::to_lower(parts.host_and_port());
  cookie.name = base::trim(pair.substr(0, equals));
  cookie.value = base::trim(pair.substr(equals + 1));
  cookie.path = default_path(parts.path);
  cookie.expires = never;
  bool has_max_age = false;
  for (std::size_t i = 1; i < fields.size(); ++i) {
    const std::string_view field = base::trim(fields[i]);
    const std::string key = base::to_lower(field.substr(0, field.find('=')));
    const auto value_at = field.find('=');
    const std::string_view value =
        value_at == std::string_view::npos ? "" : base::trim(field.substr(value_at + 1));
    if (key == "secure") cookie.secure = true;
    if (key == "path" && value.starts_with('/')) cookie.path = value;
    if (key == "max-age") {
      cookie.expires = expiry_of(value, now);
      has_max_age = true;
    }
    if (key == "expires" && !has_max_age) cookie.expires = read_date(value).value_or(never);
  }
  std::erase_if(cookies_, [&](const Cookie& old) {
    return old.host == cookie.host && old.path == cookie.path && old.name == cookie.name;
  });
  if (cookie.expires <= now) return;
  if (cookies_.size() == max_cookies) cookies_.erase(cookies_.begin());
  cookies_.push_back(std::move(cookie));
}

std::vector<std::string> CookieJar::cookies_for(std::string_view url, base::WallTime now) const {
  const UrlParts parts = split_url(url);
  const std::string host = base::to_lower(parts.host_and_port());
  const std::string_view path = parts.path.empty() ? std::string_view("/") : parts.path;
  std::vector<const Cookie*> matching;
  for (const Cookie& cookie : cookies_) {
    const bool allowed = !cookie.secure || is_secure(parts);
    if (cookie.host == host && allowed && cookie.expires > now && path_matches(path, cookie.path))
      matching.push_back(&cookie);
  }
  std::stable_sort(matching.begin(), matching.end(), [](const Cookie* a, const Cookie* b) {
    return a->path.size() > b->path.size();
  });
  std::vector<std::string> out;
  for (const Cookie* cookie : matching) out.push_back(cookie->name + "=" + cookie->value);
  return out;
}

}  // namespace belfry::twiml
