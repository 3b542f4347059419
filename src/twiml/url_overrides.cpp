#include "twiml/url_overrides.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace belfry::twiml {
namespace {

using base::Errc;
using std::chrono::milliseconds;

std::unexpected<base::Error> bad(std::string_view key, std::string_view value, int code) {
  return base::fail(
      Errc::invalid_argument,
      "connection override " + std::string(key) + "=" +
          std::string(base::truncate_utf8(value, 40)) + " is out of range",
      code
  );
}

base::Result<> read_time(
    std::string_view key, std::string_view value, std::uint64_t maximum, milliseconds& into
) {
  const auto number = base::parse_unsigned(value);
  if (!number || *number < 100 || *number > maximum) return bad(key, value, 11240);
  into = milliseconds(*number);
  return {};
}

base::Result<> read_policy(std::string_view value, UrlOverrides& overrides) {
  overrides.retry_connect = false;
  for (const std::string_view word : base::split(value, ',')) {
    const bool all = word == "all";
    if (!all && word != "4xx" && word != "5xx" && word != "ct" && word != "rt")
      return bad("rp", value, 11242);
    overrides.retry_4xx |= all || word == "4xx";
    overrides.retry_5xx |= all || word == "5xx";
    overrides.retry_connect |= all || word == "ct";
    overrides.retry_read |= all || word == "rt";
  }
  return {};
}

base::Result<> read_one(std::string_view key, std::string_view value, UrlOverrides& overrides) {
  overrides.given = true;
  if (key == "ct") return read_time(key, value, 10'000, overrides.connect_timeout);
  if (key == "rt") return read_time(key, value, 15'000, overrides.read_timeout);
  if (key == "tt") return read_time(key, value, 15'000, overrides.total_timeout);
  if (key == "rp") return read_policy(value, overrides);
  if (key == "rc") {
    const auto number = base::parse_unsigned(value);
    if (!number || *number > 5) return bad(key, value, 11241);
    overrides.retries = static_cast<int>(*number);
    return {};
  }
  if (value != "y" && value != "n") return bad(key, value, 11243);
  overrides.send_sni = value == "y";
  return {};
}

}  // namespace

base::Result<OverriddenUrl> read_url_overrides(std::string_view url) {
  const auto hash = url.find('#');
  OverriddenUrl out{.url = std::string(url.substr(0, hash)), .overrides = {}};
  if (hash == std::string_view::npos) return out;
  for (const std::string_view pair : base::split(url.substr(hash + 1), '&')) {
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view key = pair.substr(0, equals);
    const auto value = base::percent_decode(pair.substr(equals + 1));
    const bool ours =
        key == "ct" || key == "rt" || key == "tt" || key == "rp" || key == "rc" || key == "sni";
    if (!ours) continue;
    BELFRY_CHECK(read_one(key, value.value_or(std::string(pair.substr(equals + 1))), out.overrides)
    );
  }
  return out;
}

}  // namespace belfry::twiml
