#pragma once
#include <memory>
#include <string>

#include "base/result.hpp"
#include "http/head.hpp"

namespace belfry::http {

/// One HTTP/1.1 request out of the bytes of a connection: Beast's parser reads them, head first,
/// then Content-Length or chunked body, and `http/head_check.hpp` refuses what it is too lenient
/// for (rule H1). Sans-IO; it does not matter in which pieces the bytes arrive. Memory: the head
/// limits and the body limit. After an error it is of no more use. Fuzzed by
/// `fuzz/http_target.cpp`.
class RequestReader {
 public:
  explicit RequestReader(const HeadLimits& limits = {});
  RequestReader(RequestReader&&) noexcept;
  RequestReader& operator=(RequestReader&&) noexcept;
  ~RequestReader();

  /// Consumes from the front of `buffer` what belongs to the head. Empty lines before the request
  /// line are the caller's to skip.
  /// @return whether the head is complete; an error whose `detail` is the status to answer: 400,
  /// 405, 414, 415, 417, 431, 501, 505.
  [[nodiscard]] base::Result<bool> read_head(std::string& buffer);
  /// As much as has been read: after an error perhaps just method and target, or nothing.
  const Head& head() const;

  /// Consumes what belongs to the body; once the head is complete. `limit` in bytes, the same at
  /// each call.
  /// @return whether the body is complete; an error with `detail` 400 or 413. A body of declared
  /// length is refused before a byte of it has arrived.
  [[nodiscard]] base::Result<bool> read_body(std::string& buffer, std::size_t limit);
  std::string take_body();

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace belfry::http
