#pragma once
#include "call/record.hpp"
#include "call/web.hpp"

namespace belfry::twiml {

/// The parameters of every document request and status callback about a leg. `FromCity` and the
/// like are empty: what is known of a number's place is not worth a guess.
call::FormFields standard_parameters(const call::LegRecord& leg);

/// `name=value&…`, all but unreserved characters escaped.
std::string encode_form(const call::FormFields& fields);
/// `url` with the fields appended to its query, before its fragment.
std::string with_query(std::string_view url, const call::FormFields& fields);

}  // namespace belfry::twiml
