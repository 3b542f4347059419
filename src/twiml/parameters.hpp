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

/// 0 to 1, as recognised speech is reported: "0.8712".
std::string format_confidence(double confidence);

/// A report to a user's URL with these fields, signed: as a form, or for GET in the query. Id,
/// order key, kind and times are the caller's.
call::Delivery form_delivery(
    std::string account_sid, const std::string& url, const std::string& method,
    const call::FormFields& fields
);

}  // namespace belfry::twiml
