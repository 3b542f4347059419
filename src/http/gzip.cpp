#include "http/gzip.hpp"

#include <zlib.h>

#include <array>

namespace belfry::http {

std::string gzip(std::string_view bytes, int level) {
  constexpr int window_with_gzip_header = 15 + 16;
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, window_with_gzip_header, 8, Z_DEFAULT_STRATEGY) !=
      Z_OK)
    throw std::bad_alloc();  // level and window are constants of ours
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

base::Result<std::string> gunzip(std::string_view packed, std::size_t max_bytes) {
  constexpr int window_with_gzip_header = 15 + 16;
  z_stream stream{};
  if (inflateInit2(&stream, window_with_gzip_header) != Z_OK) throw std::bad_alloc();
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string bytes;
  std::array<char, 16384> piece{};
  int state = Z_OK;
  while (state == Z_OK && bytes.size() <= max_bytes) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    state = inflate(&stream, Z_NO_FLUSH);
    bytes.append(piece.data(), piece.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (bytes.size() > max_bytes)
    return base::fail(base::Errc::too_large, "the unpacked body is too large");
  if (state != Z_STREAM_END) return base::fail(base::Errc::malformed, "the body is not gzip");
  return bytes;
}

bool is_compressible(std::string_view content_type) {
  if (content_type.starts_with("text/event-stream")) return false;
  if (content_type.starts_with("text/")) return true;
  for (const std::string_view part : {"json", "xml", "javascript", "x-amz-json", "manifest"})
    if (content_type.contains(part)) return true;
  return false;
}

void compress(const Request& request, Response& response) {
  constexpr std::size_t smallest = 1 << 10;
  constexpr std::size_t largest = 256 << 10;
  if (response.stream || response.body.size() < smallest || response.body.size() > largest) return;
  if (response.headers.has("Content-Encoding") ||
      !is_compressible(response.headers.get("Content-Type").value_or("")))
    return;
  response.headers.add("Vary", "Accept-Encoding");
  if (!request.headers.lists("Accept-Encoding", "gzip")) return;
  response.body = gzip(response.body, 4);
  response.headers.add("Content-Encoding", "gzip");
  // Other bytes, so a strong validator no longer holds (RFC 9110 §8.8.1).
  if (const auto etag = response.headers.get("ETag"); etag && !etag->starts_with("W/"))
    response.headers.set("ETag", "W/" + std::string(*etag));
}

}  // namespace belfry::http
