#include "compat/aws/s3/chunked_body.hpp"

#include <charconv>

#include "base/text.hpp"

namespace belfry::compat::aws::s3 {
namespace {

using base::Errc;
using base::fail;
using base::Result;

constexpr std::string_view line_end = "\r\n";
constexpr std::size_t max_line = 1024;

/// What stands before the next line end, which is taken too.
Result<std::string_view> take_line(std::string_view& rest) {
  const auto end = rest.substr(0, max_line).find(line_end);
  if (end == std::string_view::npos) return fail(Errc::malformed, "a chunk's head has no end");
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + line_end.size());
  return line;
}

Result<std::size_t> read_size(std::string_view digits) {
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size())
    return fail(Errc::malformed, "a chunk's size is no number");
  return size;
}

Result<ChunkedBody::Chunk> take_chunk(std::string_view& rest) {
  constexpr std::string_view extension = "chunk-signature=";
  BELFRY_TRY(head, take_line(rest));
  const auto semicolon = head.find(';');
  BELFRY_TRY(size, read_size(head.substr(0, semicolon)));
  ChunkedBody::Chunk chunk;
  if (semicolon != std::string_view::npos) {
    const std::string_view parameter = head.substr(semicolon + 1);
    if (!parameter.starts_with(extension))
      return fail(Errc::malformed, "a chunk has an unknown extension");
    chunk.signature = parameter.substr(extension.size());
  }
  if (size > rest.size()) return fail(Errc::malformed, "a chunk is cut short");
  chunk.bytes = rest.substr(0, size);
  rest.remove_prefix(size);
  if (size == 0) return chunk;
  if (!rest.starts_with(line_end)) return fail(Errc::malformed, "a chunk is longer than it says");
  rest.remove_prefix(line_end.size());
  return chunk;
}

}  // namespace

Result<ChunkedBody> read_chunks(std::string_view body) {
  ChunkedBody read;
  while (read.chunks.empty() || !read.chunks.back().bytes.empty()) {
    if (read.chunks.size() == max_chunks) return fail(Errc::malformed, "there are too many chunks");
    BELFRY_TRY(chunk, take_chunk(body));
    read.chunks.push_back(chunk);
  }
  // Some clients end without the empty line.
  while (!body.empty()) {
    BELFRY_TRY(line, take_line(body));
    if (line.empty()) break;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || read.trailers.size() == max_trailers)
      return fail(Errc::malformed, "a trailer is not name:value");
    read.trailers.emplace_back(
        base::trim(line.substr(0, colon)), base::trim(line.substr(colon + 1))
    );
  }
  if (!body.empty()) return fail(Errc::malformed, "something follows the last chunk");
  return read;
}

}  // namespace belfry::compat::aws::s3
