#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "http/headers.hpp"

namespace belfry::http {

struct HeadLimits {
  std::size_t target = 8 << 10;  // 414 beyond
  std::size_t bytes = 16 << 10;  // 431 beyond, also for the fields below
  std::size_t fields = 100;
};

/// The head of an HTTP/1.1 request (RFC 9112).
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

}  // namespace belfry::http
