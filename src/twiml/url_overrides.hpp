#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace belfry::twiml {

/// Connection settings in a webhook's fragment: `https://host/path#ct=2000&rc=2&rp=5xx,rt`.
struct UrlOverrides {
  std::chrono::milliseconds connect_timeout{5000};  // ct, 100 to 10000
  std::chrono::milliseconds read_timeout{15000};    // rt, 100 to 15000
  std::chrono::milliseconds total_timeout{15000};   // tt, 100 to 15000, all attempts together
  int retries = 1;                                  // rc, 0 to 5
  bool retry_4xx = false;                           // rp, a comma list of 4xx 5xx ct rt all
  bool retry_5xx = false;
  bool retry_connect = true;
  bool retry_read = false;
  bool send_sni = true;  // sni, y or n
  bool given = false;    // any of the above was written
};

struct OverriddenUrl {
  std::string url;  // without the fragment: what is requested and signed
  UrlOverrides overrides;
};

/// Takes the fragment off and reads it. Keys that are not ours, as in a page anchor, are ignored.
/// @return Errc::invalid_argument with 11240 (a time-out), 11241 (rc), 11242 (rp), 11243 (sni) in
/// `detail`.
base::Result<OverriddenUrl> read_url_overrides(std::string_view url);

}  // namespace belfry::twiml
