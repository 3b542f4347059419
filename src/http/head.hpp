#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/headers.hpp"

/// The head of an HTTP/1.1 request (RFC 9112), read strictly: what two servers could read
/// differently is refused, so that nobody behind or before us sees another request than we do
/// (rule H1). Pure; fuzzed by `fuzz/http_target.cpp`.
namespace belfry::http {

struct HeadLimits {
  std::size_t target = 8 << 10;  // 414 beyond
  std::size_t bytes = 16 << 10;  // 431 beyond, also for the fields below
  std::size_t fields = 100;
};

struct Head {
  std::string method;
  std::string target;  // origin form, also when it came in absolute form; `*` for OPTIONS
  int minor_version = 1;
  Headers headers;
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool keep_alive = true;
  bool expects_continue = false;
};

/// How many bytes at the front of `buffer` are a whole head with its empty line; nothing: more is
/// needed. An error is already due when the limits are passed. Empty lines before the request line
/// are the caller's to skip.
[[nodiscard]] base::Result<std::optional<std::size_t>> find_head(
    std::string_view buffer, const HeadLimits& limits
);

/// @return an error whose `detail` is the status to answer: 400, 405, 414, 415, 417, 431, 501, 505.
[[nodiscard]] base::Result<Head> parse_head(std::string_view head, const HeadLimits& limits);

}  // namespace belfry::http
