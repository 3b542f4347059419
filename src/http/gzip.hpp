#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/message.hpp"

namespace belfry::http {

/// RFC 1952. About 10 ms a MiB at level 1, 40 at level 6.
std::string gzip(std::string_view bytes, int level);

/// @return Errc::malformed, Errc::too_large when more than `max_bytes` come out.
base::Result<std::string> gunzip(std::string_view packed, std::size_t max_bytes);

/// Text, JSON, XML, scripts, SVG: what shrinks.
bool is_compressible(std::string_view content_type);

/// Compresses the body for a client that asked for it, from 1 KiB (below it costs more than it
/// saves) to 256 KiB (beyond it would hold up the control thread).
void compress(const Request& request, Response& response);

}  // namespace belfry::http
