#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "compat/aws/s3/object_body.hpp"
#include "compat/aws/s3/s3.hpp"
#include "compat/aws/s3/xml_body.hpp"

namespace belfry::compat::aws::s3 {
namespace {

using base::Task;

constexpr std::size_t max_metadata = 2048;  // S3's own limit
constexpr std::size_t max_deleted_at_once = 1000;

/// RFC 9110 §5.6.7.
std::string http_date(base::WallTime time) {
  std::string date = base::to_rfc2822(time);
  return date.replace(date.rfind(' ') + 1, std::string::npos, "GMT");
}

/// Without what says how it came.
std::string stored_encoding(std::string_view encoding) {
  std::string kept;
  for (const std::string_view each : base::split(encoding, ',')) {
    const std::string_view coding = base::trim(each);
    if (coding.empty() || base::equals_ignoring_case(coding, "aws-chunked")) continue;
    kept.append(kept.empty() ? "" : ", ").append(coding);
  }
  return kept;
}

bool lists_etag(std::string_view header, const std::string& etag) {
  for (const std::string_view each : base::split(header, ',')) {
    std::string_view tag = base::trim(each);
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == "*" || tag == quoted(etag) || tag == etag) return true;
  }
  return false;
}

/// Whether the object is still, or no longer, what the client has; 304 and 412 have no body.
std::optional<int> unmet_condition(const http::Headers& headers, const Object& object) {
  if (const auto match = headers.get("If-Match"); match && !lists_etag(*match, object.etag))
    return 412;
  if (const auto other = headers.get("If-None-Match"); other && lists_etag(*other, object.etag))
    return 304;
  return std::nullopt;
}

http::Response describe(const Object& object) {
  http::Response response;
  for (const auto& [name, value] : object.attributes) response.headers.set(name, value);
  response.headers.set("ETag", quoted(object.etag));
  response.headers.set("Last-Modified", http_date(object.modified));
  response.headers.set("Accept-Ranges", "bytes");
  return response;
}

/// The head of the answer to GET and HEAD, with the part of the object that is asked for.
std::expected<http::Response, Failure> begin_answer(
    const Ask& ask, const Object& object, ByteRange& range
) {
  if (ask.has("partNumber")) return std::unexpected(not_implemented("partNumber"));
  http::Response response = describe(object);
  if (const auto status = unmet_condition(ask.headers(), object)) {
    if (*status == 412)
      return std::unexpected(Failure{
          412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold"
      });
    response.status = *status;
    range = {};
    return response;
  }
  const std::uint64_t size = object.size();
  const auto wanted = parse_range(ask.headers().get("Range").value_or(""), size);
  range = wanted.value_or(ByteRange{0, size});
  if (wanted && range.length == 0)
    return std::unexpected(Failure{416, "InvalidRange", "The requested range is not satisfiable"});
  if (wanted) {
    response.status = 206;
    response.headers.set(
        "Content-Range", "bytes " + std::to_string(range.from) + "-" +
                             std::to_string(range.from + range.length - 1) + "/" +
                             std::to_string(size)
    );
  }
  response.headers.set("Content-Length", std::to_string(range.length));
  return response;
}

void add_written(http::Response& response, const Object& object, const Payload& payload) {
  response.headers.set("ETag", quoted(object.etag));
  for (const auto& [algorithm, value] : payload.checksums)
    response.headers.set("x-amz-checksum-" + algorithm, value);
  for (const auto& [name, value] : object.attributes)
    if (name == "x-amz-server-side-encryption") response.headers.set(name, value);
}

}  // namespace

std::expected<Attributes, Failure> read_attributes(const http::Headers& headers) {
  constexpr std::array kept = {
      std::string_view("content-type"),
      std::string_view("cache-control"),
      std::string_view("content-disposition"),
      std::string_view("content-encoding"),
      std::string_view("content-language"),
      std::string_view("expires"),
      std::string_view("x-amz-server-side-encryption")
  };
  Attributes attributes;
  std::size_t metadata = 0;
  for (const auto& [given, value] : headers) {
    const std::string name = base::to_lower(given);
    const bool is_metadata = name.starts_with("x-amz-meta-");
    if (!is_metadata && std::ranges::find(kept, name) == kept.end()) continue;
    if (!base::is_valid_utf8(value) || value.size() > max_metadata)
      return std::unexpected(Failure{400, "InvalidArgument", "A header is no text: " + name});
    if (is_metadata) metadata += name.size() + value.size();
    std::string text = name == "content-encoding" ? stored_encoding(value) : value;
    if (!text.empty()) attributes.emplace_back(name, std::move(text));
  }
  if (metadata > max_metadata)
    return std::unexpected(Failure{
        400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size"
    });
  const bool has_type = std::ranges::any_of(attributes, [](const auto& each) {
    return each.first == "content-type";
  });
  if (!has_type) attributes.emplace_back("content-type", "binary/octet-stream");
  return attributes;
}

Task<Outcome> S3::put_object(Ask ask) {
  auto attributes = read_attributes(ask.headers());
  if (!attributes) co_return std::unexpected(attributes.error());
  auto payload = co_await take_body(ask);
  if (!payload) co_return std::unexpected(payload.error());
  Object object{ask.bucket, ask.key};
  object.etag = payload->md5;
  object.attributes = std::move(*attributes);
  auto segments = co_await store(std::move(payload->bytes));
  if (!segments) co_return std::unexpected(segments.error());
  object.segments = std::move(*segments);
  object.modified = environment_.loop.wall_now();
  http::Response response = http::empty(200);
  add_written(response, object, *payload);
  const auto stored = co_await catalog_.put_object(std::move(object));
  if (stored) co_return response;
  const bool bucket_is_gone =
      stored.error().code == base::Errc::conflict || stored.error().code == base::Errc::not_found;
  co_return std::unexpected(bucket_is_gone ? no_such_bucket() : to_failure(stored.error()));
}

Task<Outcome> S3::get_object(Ask ask) {
  const Object* object = catalog_.find_object(ask.bucket, ask.key);
  if (object == nullptr) co_return std::unexpected(no_such_key());
  ByteRange range;
  auto response = begin_answer(ask, *object, range);
  if (!response) co_return std::unexpected(response.error());
  if (range.length > 0)
    response->stream = std::make_unique<ObjectBody>(
        environment_.files, environment_.pool, object->segments, range
    );
  co_return std::move(*response);
}

Task<Outcome> S3::head_object(Ask ask) {
  const Object* object = catalog_.find_object(ask.bucket, ask.key);
  if (object == nullptr) co_return std::unexpected(no_such_key());
  ByteRange range;
  co_return begin_answer(ask, *object, range);
}

Task<Outcome> S3::delete_object(Ask ask) {
  std::vector<std::string> keys{ask.key};
  const auto removed = co_await catalog_.remove_objects(ask.bucket, std::move(keys));
  if (!removed) co_return std::unexpected(to_failure(removed.error()));
  co_return http::empty(204);
}

Task<Outcome> S3::delete_objects(Ask ask) {
  const auto payload = co_await take_body(ask);
  if (!payload) co_return std::unexpected(payload.error());
  const auto list = read_xml_list(payload->bytes, "Delete", "Object");
  if (!list || list->items.empty() || list->items.size() > max_deleted_at_once)
    co_return std::unexpected(
        Failure{400, "MalformedXML", list ? "There must be 1 to 1000 keys" : list.error().message}
    );
  std::vector<std::string> keys;
  std::string deleted;
  const auto quiet = list->others.find("Quiet");
  for (const XmlList::Item& item : list->items) {
    const auto key = item.find("Key");
    if (key == item.end() || item.contains("VersionId"))
      co_return std::unexpected(not_implemented("versions"));
    keys.push_back(key->second);
    if (quiet == list->others.end() || quiet->second != "true")
      deleted += "<Deleted>" + element("Key", key->second) + "</Deleted>";
  }
  const auto removed = co_await catalog_.remove_objects(ask.bucket, std::move(keys));
  if (!removed) co_return std::unexpected(to_failure(removed.error()));
  co_return xml_answer("DeleteResult", deleted);
}

}  // namespace belfry::compat::aws::s3
