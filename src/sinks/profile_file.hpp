#pragma once
#include <optional>
#include <string_view>

#include "identity/sigv4.hpp"

namespace belfry::sinks {

/// The keys of one profile in the text of a `~/.aws/credentials` file: `[name]`, then `key = value`
/// lines; `#` and `;` begin comments. Nothing when it has no such profile with both keys. Pure.
std::optional<identity::sigv4::Credentials> read_profile(
    std::string_view text, std::string_view profile
);

}  // namespace belfry::sinks
