#pragma once
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace belfry::base {

class Random;

/// `CA` + 32 lower-case hex digits: 128 random bits (rule H6), the shape that Twilio clients
/// expect.
/// @param prefix two capital letters: AC account, CA leg, AP application, PN number, SK key, RE
/// recording, RQ request.
std::string make_sid(std::string_view prefix, Random& random);
/// Two given capital letters, then 32 lower-case hex digits, nothing else.
bool is_sid(std::string_view text, std::string_view prefix);

/// Random UUID, RFC 9562 version 4.
std::string make_uuid(Random& random);

/// A number that means one kind of thing; 0 is none.
template <class Tag>
struct Id {
  std::uint64_t value = 0;
  auto operator<=>(const Id&) const = default;
  explicit operator bool() const { return value != 0; }
};

}  // namespace belfry::base

template <class Tag>
struct std::hash<belfry::base::Id<Tag>> {
  std::size_t operator()(const belfry::base::Id<Tag>& id) const noexcept {
    return std::hash<std::uint64_t>{}(id.value);
  }
};
