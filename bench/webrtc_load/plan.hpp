#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "media/codec.hpp"

namespace belfry::bench {

enum class Role {
  idle,    // registers and waits
  answer,  // registers and takes what it is called with
  call     // calls the application of its token
};

enum class Voice {
  talks,
  quiet  // the noise of a room
};

/// One page with the Voice SDK. A value.
struct Page {
  Role role = Role::idle;
  media::Codec codec = media::Codec::opus;  // the only one that it has
  Voice voice = Voice::talks;
  std::string token;
  bool operator==(const Page&) const = default;
};

/// A page a line: `call|answer|idle opus|pcmu talks|quiet TOKEN`; empty lines are none.
/// @return Errc::malformed with the number of the line that is not so.
[[nodiscard]] base::Result<std::vector<Page>> parse_plan(std::string_view text);

}  // namespace belfry::bench
