#pragma once
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sinks/aws_client.hpp"

namespace belfry::sinks {

/// Puts one object into a bucket: small ones in one request, others in parts, so that no more than
/// one part is in memory. Whoever breaks a multipart upload off takes its parts away.
class S3Object {
 public:
  struct Target {
    std::string bucket;
    std::string key;  // as people read it
    std::string content_type;
    std::string encryption;  // x-amz-server-side-encryption; empty: not sent
  };
  struct Piece {
    std::string bytes;
    std::string sha256;  // hex, made where it holds nothing up
  };
  /// The bytes from `at`, at most `size` of them.
  using Read = std::function<base::Task<base::Result<Piece>>(std::uint64_t at, std::size_t size)>;
  static constexpr std::size_t part_size = 8u << 20;

  S3Object(AwsClient& aws, Target target) : aws_(aws), target_(std::move(target)) {}

  /// @return Errc::unavailable when it may work later, Errc::refused when it will not.
  base::Task<base::Result<>> put(std::uint64_t size, Read read);

 private:
  using Parts = std::vector<std::string>;  // their ETags

  base::Task<base::Result<>> put_whole(std::uint64_t size, Read read);
  base::Task<base::Result<>> put_in_parts(std::uint64_t size, Read read);
  base::Task<base::Result<Parts>> put_parts(std::string upload, std::uint64_t size, Read read);
  base::Task<void> abort_leftovers();
  base::Task<base::Result<std::string>> begin();
  base::Task<base::Result<>> complete(std::string upload, Parts parts);
  base::Task<void> abort(std::string upload);
  AwsClient::Request request(std::string method, std::string query, std::string body) const;
  void add_attributes(AwsClient::Request& request) const;

  AwsClient& aws_;
  Target target_;
};

/// `recordings/{date}/{call}.wav` with its names filled in; what is not known stays as it is.
std::string fill_template(
    std::string text, const std::vector<std::pair<std::string, std::string>>& values
);

}  // namespace belfry::sinks
