#pragma once
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace belfry::compat::aws::s3 {

/// A body in `aws-chunked` coding: `<hex size>[;chunk-signature=<hex>]\r\n<bytes>\r\n`, the last of
/// size 0, then perhaps trailers `name:value\r\n`, then an empty line. Views into the body.
struct ChunkedBody {
  struct Chunk {
    std::string_view bytes;
    std::string_view signature;  // empty: unsigned
  };
  std::vector<Chunk> chunks;  // with the last, empty one
  std::vector<std::pair<std::string_view, std::string_view>> trailers;
};

inline constexpr std::size_t max_chunks = 10'000;
inline constexpr std::size_t max_trailers = 10;

/// Errc::malformed. Fuzzed by `fuzz/aws_chunks.cpp`.
base::Result<ChunkedBody> read_chunks(std::string_view body);

}  // namespace belfry::compat::aws::s3
