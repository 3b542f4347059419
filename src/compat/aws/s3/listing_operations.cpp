#include "base/encoding.hpp"
#include "base/text.hpp"
#include "compat/aws/s3/s3.hpp"

namespace belfry::compat::aws::s3 {
namespace {

using base::Task;

constexpr std::size_t page = 1000;

/// Keys as a client wants them: XML cannot say every byte.
class Words {
 public:
  explicit Words(const Ask& ask) : encodes_(ask.parameter("encoding-type") == "url") {}

  std::string key(std::string_view name, const std::string& text) const {
    if (!encodes_) return element(name, text);
    std::string encoded;
    for (const std::string_view segment : base::split(text, '/'))
      encoded.append(encoded.empty() && segment.data() == text.data() ? "" : "/")
          .append(base::percent_encode(segment));
    return element(name, encoded);
  }
  std::string encoding() const { return encodes_ ? element("EncodingType", "url") : ""; }

 private:
  bool encodes_;
};

std::expected<std::size_t, Failure> read_limit(const Ask& ask, std::string_view name) {
  if (!ask.has(name)) return page;
  const auto limit = base::parse_unsigned(ask.parameter(name));
  if (!limit)
    return std::unexpected(Failure{
        400, "InvalidArgument", "Provided " + std::string(name) + " not an integer or within range"
    });
  return std::min<std::size_t>(*limit, page);
}

std::string entries_of(const Listed& listed, const Words& words) {
  std::string objects;
  std::string prefixes;
  for (const auto& entry : listed.entries) {
    if (const auto* prefix = std::get_if<Listed::Prefix>(&entry)) {
      prefixes += "<CommonPrefixes>" + words.key("Prefix", prefix->text) + "</CommonPrefixes>";
      continue;
    }
    const Object& object = *std::get<const Object*>(entry);
    objects += "<Contents>" + words.key("Key", object.key) +
               element("LastModified", base::to_rfc3339(object.modified)) +
               element("ETag", quoted(object.etag)) +
               element("Size", std::to_string(object.size())) +
               element("StorageClass", "STANDARD") + "</Contents>";
  }
  return objects + prefixes;
}

std::string truth(bool is_so) {
  return is_so ? "true" : "false";
}

std::string query_of(const Ask& ask, const ListQuery& query, const Words& words) {
  std::string text = element("Name", ask.bucket) + words.key("Prefix", query.prefix) +
                     element("MaxKeys", std::to_string(query.limit));
  if (!query.delimiter.empty()) text += words.key("Delimiter", query.delimiter);
  return text + words.encoding();
}

}  // namespace

Task<Outcome> S3::list_objects_v2(Ask ask) {
  ListQuery query{
      ask.parameter("prefix"), ask.parameter("delimiter"), ask.parameter("start-after")
  };
  const auto limit = read_limit(ask, "max-keys");
  if (!limit) co_return std::unexpected(limit.error());
  query.limit = *limit;
  const std::string token = ask.parameter("continuation-token");
  if (!token.empty() && !read_token(token, query))
    co_return std::unexpected(
        Failure{400, "InvalidArgument", "The continuation token provided is incorrect"}
    );
  const Words words(ask);
  const Listed listed = list_objects(catalog_.find_bucket(ask.bucket)->objects, query);
  std::string content = query_of(ask, query, words) +
                        element("KeyCount", std::to_string(listed.entries.size())) +
                        element("IsTruncated", truth(listed.is_truncated));
  if (!token.empty()) content += element("ContinuationToken", token);
  if (ask.has("start-after")) content += words.key("StartAfter", ask.parameter("start-after"));
  if (listed.is_truncated && !listed.entries.empty())
    content += element("NextContinuationToken", to_token(listed));
  co_return xml_answer("ListBucketResult", content + entries_of(listed, words));
}

Task<Outcome> S3::list_objects_v1(Ask ask) {
  ListQuery query{ask.parameter("prefix"), ask.parameter("delimiter"), ask.parameter("marker")};
  const auto limit = read_limit(ask, "max-keys");
  if (!limit) co_return std::unexpected(limit.error());
  query.limit = *limit;
  // The marker of a page that ended with a common prefix is that prefix.
  query.after_is_prefix = !query.delimiter.empty() && query.after.ends_with(query.delimiter);
  const Words words(ask);
  const Listed listed = list_objects(catalog_.find_bucket(ask.bucket)->objects, query);
  std::string content = query_of(ask, query, words) + words.key("Marker", ask.parameter("marker")) +
                        element("IsTruncated", truth(listed.is_truncated));
  if (listed.is_truncated && !listed.entries.empty())
    content += words.key("NextMarker", listed.last_key());
  co_return xml_answer("ListBucketResult", content + entries_of(listed, words));
}

Task<Outcome> S3::list_multipart_uploads(Ask ask) {
  const std::string prefix = ask.parameter("prefix");
  const auto limit = read_limit(ask, "max-uploads");
  if (!limit) co_return std::unexpected(limit.error());
  const Words words(ask);
  std::string uploads;
  std::size_t count = 0;
  bool is_truncated = false;
  for (const Upload* upload : catalog_.uploads_of(ask.bucket)) {
    if (!upload->key.starts_with(prefix)) continue;
    is_truncated = count == *limit;
    if (is_truncated) break;
    ++count;
    uploads += "<Upload>" + words.key("Key", upload->key) + element("UploadId", upload->id) +
               element("StorageClass", "STANDARD") +
               element("Initiated", base::to_rfc3339(upload->begun)) + "</Upload>";
  }
  co_return xml_answer(
      "ListMultipartUploadsResult", element("Bucket", ask.bucket) + words.key("Prefix", prefix) +
                                        words.encoding() +
                                        element("MaxUploads", std::to_string(*limit)) +
                                        element("IsTruncated", truth(is_truncated)) + uploads
  );
}

Task<Outcome> S3::list_parts(Ask ask) {
  const auto upload = upload_of(ask);
  if (!upload) co_return std::unexpected(upload.error());
  const auto limit = read_limit(ask, "max-parts");
  if (!limit) co_return std::unexpected(limit.error());
  const auto after = base::parse_unsigned(ask.parameter("part-number-marker")).value_or(0);
  std::string parts;
  std::size_t count = 0;
  std::string last = "0";
  bool is_truncated = false;
  for (const auto& [number, part] : (*upload)->parts) {
    if (static_cast<std::uint64_t>(number) <= after) continue;
    is_truncated = count == *limit;
    if (is_truncated) break;
    ++count;
    last = std::to_string(number);
    parts += "<Part>" + element("PartNumber", last) +
             element("LastModified", base::to_rfc3339(part.modified)) +
             element("ETag", quoted(part.etag)) +
             element("Size", std::to_string(part.segment.size)) + "</Part>";
  }
  co_return xml_answer(
      "ListPartsResult",
      element("Bucket", ask.bucket) + element("Key", ask.key) + element("UploadId", (*upload)->id) +
          element("StorageClass", "STANDARD") + element("PartNumberMarker", std::to_string(after)) +
          element("NextPartNumberMarker", last) + element("MaxParts", std::to_string(*limit)) +
          element("IsTruncated", truth(is_truncated)) + parts
  );
}

}  // namespace belfry::compat::aws::s3
