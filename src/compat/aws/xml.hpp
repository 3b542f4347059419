#pragma once
#include <string>

#include "base/json.hpp"

namespace belfry::compat::aws {

/// An operation's output as the query protocol writes it: lists of `<member>`, maps of `<entry>`,
/// times in ISO 8601; what is null is left out.
std::string to_xml(const base::json::object& members);

}  // namespace belfry::compat::aws
