#pragma once
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "http/message.hpp"

/// Answers as bytes (RFC 9112).
namespace belfry::http {

/// Status line and fields, with Date, framing and Connection. A CR, LF or NUL in a value becomes a
/// space, so that no value can add a header (rule S7).
std::string head_of(
    const Response& response, base::WallTime now, bool keep_alive, int minor_version
);

/// One chunk; for no bytes the last one.
std::string as_chunk(std::string_view bytes);

}  // namespace belfry::http
