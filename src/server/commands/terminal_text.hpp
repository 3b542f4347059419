#pragma once
#include <string>
#include <string_view>

#include "base/json.hpp"

/// What servers say, made fit for a terminal. Pure.
namespace belfry::server {

/// What a party says or a carrier names may hold control bytes; a terminal obeys them.
std::string printable(std::string text);
/// A member as text; empty when it is absent or null.
std::string member(const base::json::value& object, std::string_view name);
/// A member that is a list; an empty one when it is none.
const base::json::array& list(const base::json::value& object, std::string_view name);

}  // namespace belfry::server
