#include <algorithm>
#include <charconv>

#include "base/ids.hpp"
#include "base/text.hpp"
#include "compat/aws/s3/checksums.hpp"
#include "compat/aws/s3/s3.hpp"
#include "compat/aws/s3/xml_body.hpp"

namespace belfry::compat::aws::s3 {
namespace {

using base::Errc;
using base::Task;

std::string without_quotes(std::string_view etag) {
  if (etag.size() >= 2 && etag.starts_with('"') && etag.ends_with('"'))
    etag = etag.substr(1, etag.size() - 2);
  return std::string(etag);
}

/// Of hashes that we wrote.
std::string bytes_of(std::string_view hex) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
    unsigned value = 0;
    std::from_chars(hex.data() + at, hex.data() + at + 2, value, 16);
    bytes += static_cast<char>(value);
  }
  return bytes;
}

Failure malformed(std::string message) {
  return {400, "MalformedXML", std::move(message)};
}

/// The object that a list of parts makes: each as it was uploaded, in rising order, large enough.
std::expected<Object, Failure> assemble(const Upload& upload, const XmlList& list) {
  Object object{upload.bucket, upload.key};
  std::string hashes;
  int before = 0;
  for (const XmlList::Item& item : list.items) {
    const auto number = item.find("PartNumber");
    const auto etag = item.find("ETag");
    if (number == item.end() || etag == item.end())
      return std::unexpected(malformed("A part needs PartNumber and ETag"));
    const auto read = base::parse_unsigned(base::trim(number->second));
    const auto part = upload.parts.find(
        static_cast<int>(std::min<std::uint64_t>(read.value_or(0), S3::max_parts + 1))
    );
    if (part == upload.parts.end() || part->second.etag != without_quotes(base::trim(etag->second)))
      return std::unexpected(Failure{
          400, "InvalidPart",
          "One or more of the specified parts could not be found. The part may not have been "
          "uploaded, or the specified entity tag may not match the part's entity tag."
      });
    if (part->first <= before)
      return std::unexpected(Failure{
          400, "InvalidPartOrder",
          "The list of parts was not in ascending order. Parts must be ordered by part number."
      });
    if (!object.segments.empty() && object.segments.back().size < S3::min_part)
      return std::unexpected(Failure{
          400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"
      });
    before = part->first;
    object.segments.push_back(part->second.segment);
    hashes += part->second.etag;
  }
  object.etag = md5_hex(bytes_of(hashes)) + "-" + std::to_string(list.items.size());
  object.attributes = upload.attributes;
  object.upload = upload.id;
  return object;
}

http::Response completed(const Object& object) {
  return xml_answer(
      "CompleteMultipartUploadResult", element("Location", "/" + object.bucket + "/" + object.key) +
                                           element("Bucket", object.bucket) +
                                           element("Key", object.key) +
                                           element("ETag", quoted(object.etag))
  );
}

}  // namespace

std::expected<const Upload*, Failure> S3::upload_of(const Ask& ask) const {
  const Upload* upload = catalog_.find_upload(ask.parameter("uploadId"));
  if (upload == nullptr || upload->bucket != ask.bucket || upload->key != ask.key)
    return std::unexpected(no_such_upload());
  return upload;
}

Task<Outcome> S3::create_multipart_upload(Ask ask) {
  auto attributes = read_attributes(ask.headers());
  if (!attributes) co_return std::unexpected(attributes.error());
  Upload upload;
  upload.id = base::make_sid("UP", environment_.random);
  upload.bucket = ask.bucket;
  upload.key = ask.key;
  upload.attributes = std::move(*attributes);
  upload.begun = environment_.loop.wall_now();
  http::Response response = xml_answer(
      "InitiateMultipartUploadResult",
      element("Bucket", ask.bucket) + element("Key", ask.key) + element("UploadId", upload.id)
  );
  for (const auto& [name, value] : upload.attributes)
    if (name == "x-amz-server-side-encryption") response.headers.set(name, value);
  const auto begun = co_await catalog_.begin_upload(std::move(upload));
  if (begun) co_return response;
  if (begun.error().code == Errc::conflict || begun.error().code == Errc::not_found)
    co_return std::unexpected(no_such_bucket());
  co_return std::unexpected(to_failure(begun.error()));
}

Task<Outcome> S3::upload_part(Ask ask) {
  const auto upload = upload_of(ask);
  if (!upload) co_return std::unexpected(upload.error());
  const auto number = base::parse_unsigned(ask.parameter("partNumber"));
  if (!number || *number < 1 || *number > max_parts)
    co_return std::unexpected(Failure{
        400, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive"
    });
  auto payload = co_await take_body(ask);
  if (!payload) co_return std::unexpected(payload.error());
  if (payload->bytes.empty())
    co_return std::unexpected(Failure{400, "EntityTooSmall", "A part cannot be empty"});
  const auto segments = co_await store(std::move(payload->bytes));
  if (!segments) co_return std::unexpected(segments.error());
  Part part{static_cast<int>(*number), segments->front(), payload->md5};
  part.modified = environment_.loop.wall_now();
  std::string id = ask.parameter("uploadId");
  const auto stored = co_await catalog_.put_part(std::move(id), std::move(part));
  if (!stored) {
    const bool gone =
        stored.error().code == Errc::not_found || stored.error().code == Errc::conflict;
    co_return std::unexpected(gone ? no_such_upload() : to_failure(stored.error()));
  }
  http::Response response = http::empty(200);
  response.headers.set("ETag", quoted(payload->md5));
  for (const auto& [algorithm, value] : payload->checksums)
    response.headers.set("x-amz-checksum-" + algorithm, value);
  co_return response;
}

Task<Outcome> S3::complete_multipart_upload(Ask ask) {
  const auto payload = co_await take_body(ask);
  if (!payload) co_return std::unexpected(payload.error());
  const std::string id = ask.parameter("uploadId");
  const auto upload = upload_of(ask);
  if (!upload) {
    // Whoever did not hear the answer asks again.
    const Object* object = catalog_.find_object(ask.bucket, ask.key);
    if (object != nullptr && object->upload == id && !id.empty()) co_return completed(*object);
    co_return std::unexpected(upload.error());
  }
  const auto list = read_xml_list(payload->bytes, "CompleteMultipartUpload", "Part");
  if (!list) co_return std::unexpected(malformed(list.error().message));
  if (list->items.empty()) co_return std::unexpected(malformed("There must be a part"));
  if (list->items.size() > max_used_parts)
    co_return std::unexpected(
        Failure{400, "InvalidRequest", "An object has at most 4000 parts here."}
    );
  auto object = assemble(**upload, *list);
  if (!object) co_return std::unexpected(object.error());
  object->modified = environment_.loop.wall_now();
  http::Response response = completed(*object);
  const auto stored = co_await catalog_.complete_upload(std::move(*object));
  if (stored) co_return response;
  const bool gone = stored.error().code == Errc::not_found || stored.error().code == Errc::conflict;
  co_return std::unexpected(gone ? no_such_upload() : to_failure(stored.error()));
}

Task<Outcome> S3::abort_multipart_upload(Ask ask) {
  const auto upload = upload_of(ask);
  if (!upload) co_return std::unexpected(upload.error());
  std::string id = (*upload)->id;
  const auto aborted = co_await catalog_.abort_upload(std::move(id));
  if (aborted) co_return http::empty(204);
  const bool gone =
      aborted.error().code == Errc::not_found || aborted.error().code == Errc::conflict;
  co_return std::unexpected(gone ? no_such_upload() : to_failure(aborted.error()));
}

}  // namespace belfry::compat::aws::s3
