#pragma once
#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "base/worker_pool.hpp"
#include "compat/aws/door.hpp"
#include "compat/aws/s3/catalog.hpp"
#include "compat/aws/s3/listing.hpp"
#include "compat/aws/s3/payload.hpp"

namespace belfry::compat::aws::s3 {

/// What one request asks for.
struct Ask {
  SignedRequest from;
  std::string bucket;
  std::string key;
  std::vector<std::pair<std::string, std::string>> query;

  const http::Headers& headers() const { return from.request.headers; }
  /// Of the query; empty when absent.
  std::string parameter(std::string_view name) const;
  bool has(std::string_view name) const;
};

using Outcome = std::expected<http::Response, Failure>;

/// Amazon S3 as far as it keeps objects, path style only: buckets, objects with their metadata and
/// ranges, uploads in parts, listings. A bucket is its account's alone. Bodies are checked and
/// files handled on the pool; what is stored is bounded by `Catalog` and by `max_object` for each
/// request. Control thread; outlives the router's requests.
class S3 {
 public:
  static constexpr std::size_t max_object = 16u << 20;    // or part; a larger object has parts
  static constexpr std::size_t min_part = 5u << 20;       // but for the last
  static constexpr std::size_t max_framing = 512u << 10;  // of a body in signed chunks
  static constexpr std::size_t max_parts = 10'000;        // their numbers
  static constexpr std::size_t max_used_parts = 4'000;    // of an object, whose row names them all

  struct Environment {
    base::Loop& loop;
    base::Random& random;
    call::Journal& journal;
    call::BlobFiles& files;
    base::WorkerPool& pool;
  };
  explicit S3(Environment environment)
      : environment_(environment),
        catalog_(environment.loop, environment.journal, environment.files) {}

  void add_to(Door& door);
  Catalog& catalog() { return catalog_; }

 private:
  using Member = base::Task<Outcome> (S3::*)(Ask);
  enum class Target { service, bucket, object };
  struct Operation {
    Target target;
    std::string_view method;
    std::string_view subresource;  // a parameter that must be there; empty: none of them may be
    std::string_view name;
    Member member;
  };
  static const std::vector<Operation>& operations();
  static std::expected<const Operation*, Failure> choose(const Ask& ask);

  base::Task<http::Response> answer(SignedRequest request);
  base::Task<Outcome> perform(Ask ask);

  base::Task<Outcome> list_buckets(Ask ask);
  base::Task<Outcome> create_bucket(Ask ask);
  base::Task<Outcome> head_bucket(Ask ask);
  base::Task<Outcome> delete_bucket(Ask ask);
  base::Task<Outcome> get_bucket_location(Ask ask);

  base::Task<Outcome> list_objects_v1(Ask ask);
  base::Task<Outcome> list_objects_v2(Ask ask);
  base::Task<Outcome> list_multipart_uploads(Ask ask);
  base::Task<Outcome> list_parts(Ask ask);

  base::Task<Outcome> put_object(Ask ask);
  base::Task<Outcome> get_object(Ask ask);
  base::Task<Outcome> head_object(Ask ask);
  base::Task<Outcome> delete_object(Ask ask);
  base::Task<Outcome> delete_objects(Ask ask);

  base::Task<Outcome> create_multipart_upload(Ask ask);
  base::Task<Outcome> upload_part(Ask ask);
  base::Task<Outcome> complete_multipart_upload(Ask ask);
  base::Task<Outcome> abort_multipart_upload(Ask ask);

  /// The body, checked on the pool.
  base::Task<std::expected<Payload, Failure>> take_body(Ask& ask);
  /// On disk when it returns.
  base::Task<std::expected<std::vector<Segment>, Failure>> store(std::string bytes);
  std::expected<const Upload*, Failure> upload_of(const Ask& ask) const;

  Environment environment_;
  Catalog catalog_;
};

// --- What the operations share ---

Failure no_such_bucket();
Failure no_such_key();
Failure no_such_upload();
Failure not_implemented(std::string_view what);
/// A failure of the journal or the disk.
Failure to_failure(const base::Error& error);

http::Response xml_answer(std::string_view root, const std::string& content);
/// `<name>escaped text</name>`
std::string element(std::string_view name, std::string_view text);
std::string quoted(std::string_view etag);

/// Header fields that an object keeps; InvalidArgument, MetadataTooLarge.
std::expected<Attributes, Failure> read_attributes(const http::Headers& headers);

}  // namespace belfry::compat::aws::s3
