#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "base/worker_pool.hpp"
#include "call/blob_files.hpp"
#include "compat/aws/s3/rows.hpp"
#include "http/message.hpp"

namespace belfry::compat::aws::s3 {

struct ByteRange {
  std::uint64_t from = 0;
  std::uint64_t length = 0;
};

/// RFC 9110 §14.1.2, one range of bytes. Nothing: no range or one that is to be ignored; a length
/// of 0: it lies behind the end.
std::optional<ByteRange> parse_range(std::string_view header, std::uint64_t size);

/// Bytes of an object, read on the pool while they are sent: neither waits the control thread for
/// the disk nor is the object in memory. Ends early when the disk fails.
class ObjectBody final : public http::BodyStream {
 public:
  ObjectBody(
      call::BlobFiles& files, base::WorkerPool& pool, std::vector<Segment> segments, ByteRange range
  );
  base::Task<std::optional<std::string>> next() override;

 private:
  base::Task<bool> open_segment();

  call::BlobFiles& files_;
  base::WorkerPool& pool_;
  std::vector<Segment> segments_;
  ByteRange range_;  // of what is left, from the begin of the segment
  std::size_t segment_ = 0;
  std::shared_ptr<call::RecordingBytes> open_;  // shared with the job that reads
};

}  // namespace belfry::compat::aws::s3
