#pragma once
#include "base/result.hpp"
#include "http/head.hpp"

/// What Beast accepts and we do not (rule H1): whatever two servers could read differently is
/// refused, so that nobody behind or before us sees another request than we do. Reads no bytes of
/// the wire but the parsed head. Pure. Errors carry the status to answer in `detail`.
namespace belfry::http {

[[nodiscard]] std::unexpected<base::Error> refuse(int status, std::string why);

/// Method and target, once they are known: 400, 405, 414, 501.
[[nodiscard]] base::Result<void> check_request_line(const Head& head, const HeadLimits& limits);

/// The fields, once they are whole: 400, 415, 417. Takes the authority off an absolute target and
/// sets `expects_continue`.
[[nodiscard]] base::Result<void> check_fields(Head& head);

}  // namespace belfry::http
