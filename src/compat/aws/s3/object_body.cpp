#include "compat/aws/s3/object_body.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "base/text.hpp"

namespace belfry::compat::aws::s3 {
namespace {

constexpr std::uint64_t piece_size = 262'144;

}  // namespace

std::optional<ByteRange> parse_range(std::string_view header, std::uint64_t size) {
  constexpr std::string_view unit = "bytes=";
  if (!header.starts_with(unit) || header.contains(',')) return std::nullopt;
  header.remove_prefix(unit.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = base::parse_unsigned(header.substr(0, dash));
  const auto last = base::parse_unsigned(header.substr(dash + 1));
  if (dash == 0) {  // so many from the end
    if (!last) return std::nullopt;
    const std::uint64_t length = std::min(*last, size);
    return ByteRange{size - length, length};
  }
  if (!first || (!last && dash + 1 != header.size()) || (last && *last < *first))
    return std::nullopt;
  if (*first >= size) return ByteRange{size, 0};
  const std::uint64_t end = last && *last < size ? *last + 1 : size;
  return ByteRange{*first, end - *first};
}

ObjectBody::ObjectBody(
    call::BlobFiles& files, base::WorkerPool& pool, std::vector<Segment> segments, ByteRange range
)
    : files_(files), pool_(pool), segments_(std::move(segments)), range_(range) {}

/// The one that the next byte is in.
base::Task<bool> ObjectBody::open_segment() {
  while (segment_ < segments_.size() && range_.from >= segments_[segment_].size) {
    range_.from -= segments_[segment_].size;
    ++segment_;
    open_.reset();
  }
  if (segment_ == segments_.size()) co_return false;
  if (open_) co_return true;
  std::string name = segments_[segment_].file;
  std::string key = segments_[segment_].key;
  auto opened = co_await files_.open(std::move(name), std::move(key));
  if (!opened) {
    base::log::error("s3.file_missing", {{"file", segments_[segment_].file}});
    co_return false;
  }
  open_ = std::move(*opened);
  co_return true;
}

base::Task<std::optional<std::string>> ObjectBody::next() {
  if (range_.length == 0) co_return std::nullopt;
  const bool is_open = co_await open_segment();
  if (!is_open) co_return std::nullopt;
  const std::uint64_t in_segment = segments_[segment_].size - range_.from;
  const std::uint64_t count = std::min({piece_size, range_.length, in_segment});
  std::move_only_function<std::string()> job = [bytes = open_, at = range_.from, count] {
    std::string piece(count, '\0');
    piece.resize(bytes->read(at, std::as_writable_bytes(std::span(piece))).value_or(0));
    return piece;
  };
  std::string piece = co_await pool_.run<std::string>(std::move(job));
  if (piece.empty()) co_return std::nullopt;
  range_.from += piece.size();
  range_.length -= piece.size();
  co_return piece;
}

}  // namespace belfry::compat::aws::s3
