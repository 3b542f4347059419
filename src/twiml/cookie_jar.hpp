#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace belfry::twiml {

/// The cookies of one call (RFC 6265), at most 50 of 4,096 bytes each; the oldest go first. A
/// cookie goes back to the host that set it only, whatever its Domain says.
class CookieJar {
 public:
  /// @param raw a Set-Cookie value as `url` sent it.
  void store(std::string_view url, std::string_view raw, base::WallTime now);
  /// "name=value" for each that belongs to `url`; longer paths first.
  std::vector<std::string> cookies_for(std::string_view url, base::WallTime now) const;
  std::size_t size() const { return cookies_.size(); }

 private:
  struct Cookie {
    std::string host;  // with port
    std::string path;
    std::string name;
    std::string value;
    bool secure = false;
    base::WallTime expires{};
  };
  std::vector<Cookie> cookies_;  // oldest first
};

}  // namespace belfry::twiml
