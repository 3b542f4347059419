#pragma once
#include "admin/problem.hpp"
#include "admin/trunk_table.hpp"

namespace belfry::admin {

/// A trunk in a body: {"name", "host", "transport"?, "username"?, "password"?, "register"?,
/// "prefixes"?, "caller_id"?, "max_calls_per_second"?, "max_channels"?}. What is wrong with it is
/// among the reader's complaints.
TrunkTerms read_trunk(BodyReader& body);
/// As it is shown: without the password.
base::json::object public_members(const TrunkTerms& terms);
/// As it is stored.
base::json::object all_members(const TrunkTerms& terms);

}  // namespace belfry::admin
