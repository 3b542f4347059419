#include <algorithm>

#include "base/text.hpp"
#include "compat/aws/s3/s3.hpp"

namespace belfry::compat::aws::s3 {
namespace {

using base::Errc;
using base::Task;

/// As AWS names buckets, so that what works here works there.
bool is_name(std::string_view name) {
  const auto is_letter = [](char each) {
    return (each >= 'a' && each <= 'z') || (each >= '0' && each <= '9');
  };
  return name.size() >= 3 && name.size() <= 63 && is_letter(name.front()) &&
         is_letter(name.back()) && !name.contains("..") &&
         std::ranges::all_of(name, [&](char each) {
           return is_letter(each) || each == '-' || each == '.';
         });
}

}  // namespace

Task<Outcome> S3::list_buckets(Ask ask) {
  std::string buckets;
  for (const auto& [name, bucket] : catalog_.buckets())
    if (bucket.account_sid == ask.from.account_sid)
      buckets += "<Bucket>" + element("Name", name) +
                 element("CreationDate", base::to_rfc3339(bucket.created)) + "</Bucket>";
  const std::string owner =
      "<Owner>" + element("ID", account_id_of(ask.from.account_sid)) + "</Owner>";
  co_return xml_answer("ListAllMyBucketsResult", owner + "<Buckets>" + buckets + "</Buckets>");
}

Task<Outcome> S3::create_bucket(Ask ask) {
  if (!is_name(ask.bucket))
    co_return std::unexpected(
        Failure{400, "InvalidBucketName", "The specified bucket is not valid."}
    );
  const std::string account = ask.from.account_sid;
  Bucket bucket;
  bucket.name = ask.bucket;
  bucket.account_sid = account;
  bucket.region = ask.from.claim.scope.region;
  bucket.created = environment_.loop.wall_now();
  const auto added = co_await catalog_.add_bucket(std::move(bucket));
  if (!added && added.error().code == Errc::conflict) {
    const Bucket* other = catalog_.find_bucket(ask.bucket);
    const bool ours = other != nullptr && other->account_sid == account;
    if (ours)
      co_return std::unexpected(Failure{
          409, "BucketAlreadyOwnedByYou",
          "Your previous request to create the named bucket succeeded and you already own it."
      });
    co_return std::unexpected(
        Failure{409, "BucketAlreadyExists", "The requested bucket name is not available."}
    );
  }
  if (!added && added.error().code == Errc::too_large)
    co_return std::unexpected(Failure{400, "TooManyBuckets", added.error().message});
  if (!added) co_return std::unexpected(to_failure(added.error()));
  http::Response response = http::empty(200);
  response.headers.set("Location", "/" + ask.bucket);
  co_return response;
}

Task<Outcome> S3::head_bucket(Ask ask) {
  http::Response response = http::empty(200);
  response.headers.set("x-amz-bucket-region", catalog_.find_bucket(ask.bucket)->region);
  co_return response;
}

Task<Outcome> S3::get_bucket_location(Ask ask) {
  const std::string region = catalog_.find_bucket(ask.bucket)->region;
  // The first region of all has no name here.
  co_return xml_answer("LocationConstraint", region == "us-east-1" ? "" : base::escape_xml(region));
}

Task<Outcome> S3::delete_bucket(Ask ask) {
  const auto removed = co_await catalog_.remove_bucket(ask.bucket);
  if (removed) co_return http::empty(204);
  if (removed.error().code == Errc::conflict)
    co_return std::unexpected(
        Failure{409, "BucketNotEmpty", "The bucket you tried to delete is not empty"}
    );
  if (removed.error().code == Errc::not_found) co_return std::unexpected(no_such_bucket());
  co_return std::unexpected(to_failure(removed.error()));
}

}  // namespace belfry::compat::aws::s3
