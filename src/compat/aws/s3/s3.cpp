#include "compat/aws/s3/s3.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace belfry::compat::aws::s3 {
namespace {

using base::Errc;
using base::Task;

constexpr std::size_t max_key = 1024;

/// Parameters that name no other operation. One that is not among them is about something that is
/// not here (`acl`, `versioning`): ignoring it would be doing something else than asked.
bool is_harmless(std::string_view name) {
  constexpr std::array known = {
      std::string_view("prefix"),
      std::string_view("delimiter"),
      std::string_view("max-keys"),
      std::string_view("continuation-token"),
      std::string_view("marker"),
      std::string_view("start-after"),
      std::string_view("list-type"),
      std::string_view("encoding-type"),
      std::string_view("x-id"),
      std::string_view("fetch-owner"),
      std::string_view("partNumber"),
      std::string_view("max-parts"),
      std::string_view("max-uploads"),
      std::string_view("max-buckets"),
      std::string_view("part-number-marker"),
      std::string_view("bucket-region"),
  };
  return std::ranges::find(known, name) != known.end() ||
         base::to_lower(name).starts_with("x-amz-");
}

/// Header fields that change what an operation does, and that nobody here follows.
std::optional<Failure> unknown_header(const Ask& ask) {
  const auto& headers = ask.headers();
  if (headers.has("x-amz-copy-source")) return not_implemented("copying");
  const bool writes = ask.from.request.method == "PUT" || ask.from.request.method == "POST" ||
                      ask.from.request.method == "DELETE";
  if (writes && (headers.has("If-Match") || headers.has("If-None-Match")))
    return not_implemented("a condition of a write");
  if (headers.has("x-amz-server-side-encryption-customer-algorithm"))
    return not_implemented("a key of the customer's");
  return std::nullopt;
}

std::expected<Ask, Failure> read_ask(SignedRequest request) {
  const std::string_view path = std::string_view(request.request.path).substr(1);
  const auto slash = path.find('/');
  const auto bucket = base::percent_decode(path.substr(0, slash));
  const auto key =
      base::percent_decode(slash == std::string_view::npos ? "" : path.substr(slash + 1));
  if (!bucket || !key || !base::is_valid_utf8(*key) || !base::is_valid_utf8(*bucket) ||
      key->contains('\0') || bucket->contains('\0'))
    return std::unexpected(Failure{400, "InvalidURI", "Couldn't parse the specified URI."});
  if (key->size() > max_key)
    return std::unexpected(Failure{400, "KeyTooLongError", "Your key is too long"});
  Ask ask;
  ask.bucket = *bucket;
  ask.key = *key;
  ask.query = read_query(request.request.query);
  ask.from = std::move(request);
  if (auto unknown = unknown_header(ask)) return std::unexpected(std::move(*unknown));
  return ask;
}

http::Response refuse(
    const Failure& failure, const http::Request& request, const std::string& request_id
) {
  http::Response response = xml_answer(
      "Error", element("Code", failure.code) + element("Message", failure.message) +
                   element("Resource", request.path) + element("RequestId", request_id)
  );
  response.status = failure.status;
  response.headers.set("x-amz-request-id", request_id);
  return response;
}

}  // namespace

std::string Ask::parameter(std::string_view name) const {
  for (const auto& [each, value] : query)
    if (each == name) return value;
  return {};
}

bool Ask::has(std::string_view name) const {
  return std::ranges::any_of(query, [&](const auto& each) { return each.first == name; });
}

Failure no_such_bucket() {
  return {404, "NoSuchBucket", "The specified bucket does not exist"};
}
Failure no_such_key() {
  return {404, "NoSuchKey", "The specified key does not exist."};
}
Failure no_such_upload() {
  return {
      404, "NoSuchUpload",
      "The specified upload does not exist. The upload ID may be invalid, or the upload may have "
      "been aborted or completed."
  };
}
Failure not_implemented(std::string_view what) {
  return {501, "NotImplemented", "This server does not do that: " + std::string(what)};
}

Failure to_failure(const base::Error& error) {
  if (error.code == Errc::too_large) return {403, "QuotaExceeded", error.message};
  if (error.code == Errc::unavailable)
    return {503, "ServiceUnavailable", "Please reduce your request rate: " + error.message};
  return {500, "InternalError", "We encountered an internal error. Please try again."};
}

std::string element(std::string_view name, std::string_view text) {
  std::string all = "<" + std::string(name) + ">";
  all += base::escape_xml(text);
  return all.append("</").append(name).append(">");
}

std::string quoted(std::string_view etag) {
  return "\"" + std::string(etag) + "\"";
}

http::Response xml_answer(std::string_view root, const std::string& content) {
  const std::string name(root);
  // Errors are in no namespace.
  const std::string space =
      name == "Error" ? "" : " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";
  http::Response response;
  response.headers.set("Content-Type", "application/xml");
  response.body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<" + name + space + ">" + content +
                  "</" + name + ">";
  return response;
}

const std::vector<S3::Operation>& S3::operations() {
  using enum Target;
  // Those that want a parameter go first.
  static const std::vector<Operation> all = {
      {service, "GET", "", "ListBuckets", &S3::list_buckets},
      {bucket, "GET", "location", "GetBucketLocation", &S3::get_bucket_location},
      {bucket, "GET", "uploads", "ListMultipartUploads", &S3::list_multipart_uploads},
      {bucket, "POST", "delete", "DeleteObjects", &S3::delete_objects},
      {bucket, "PUT", "", "CreateBucket", &S3::create_bucket},
      {bucket, "HEAD", "", "HeadBucket", &S3::head_bucket},
      {bucket, "DELETE", "", "DeleteBucket", &S3::delete_bucket},
      {bucket, "GET", "list-type", "ListObjectsV2", &S3::list_objects_v2},
      {bucket, "GET", "", "ListObjects", &S3::list_objects_v1},
      {object, "POST", "uploads", "CreateMultipartUpload", &S3::create_multipart_upload},
      {object, "PUT", "uploadId", "UploadPart", &S3::upload_part},
      {object, "POST", "uploadId", "CompleteMultipartUpload", &S3::complete_multipart_upload},
      {object, "DELETE", "uploadId", "AbortMultipartUpload", &S3::abort_multipart_upload},
      {object, "GET", "uploadId", "ListParts", &S3::list_parts},
      {object, "PUT", "", "PutObject", &S3::put_object},
      {object, "GET", "", "GetObject", &S3::get_object},
      {object, "HEAD", "", "HeadObject", &S3::head_object},
      {object, "DELETE", "", "DeleteObject", &S3::delete_object},
  };
  return all;
}

std::expected<const S3::Operation*, Failure> S3::choose(const Ask& ask) {
  const Target target = ask.bucket.empty() ? Target::service
                        : ask.key.empty()  ? Target::bucket
                                           : Target::object;
  for (const Operation& each : operations()) {
    if (each.target != target || each.method != ask.from.request.method) continue;
    if (!each.subresource.empty() && !ask.has(each.subresource)) continue;
    const auto other = std::ranges::find_if(ask.query, [&](const auto& parameter) {
      return parameter.first != each.subresource && !is_harmless(parameter.first);
    });
    if (other != ask.query.end()) return std::unexpected(not_implemented(other->first));
    return &each;
  }
  return std::unexpected(
      Failure{405, "MethodNotAllowed", "The specified method is not allowed against this resource."}
  );
}

void S3::add_to(Door& door) {
  WholeService whole;
  whole.name.scope = "s3";
  whole.name.throttled = {503, "SlowDown", "Please reduce your request rate."};
  for (const Operation& each : operations()) whole.operations.emplace_back(each.name);
  whole.max_body = max_object + max_framing;
  whole.answer = [this](SignedRequest request) { return answer(std::move(request)); };
  whole.refuse = refuse;
  door.add(std::move(whole));
}

Task<http::Response> S3::answer(SignedRequest request) {
  const std::string request_id = request.request_id;
  http::Request head = http::Request::make(request.request.method, request.request.target);
  auto ask = read_ask(std::move(request));
  Outcome outcome = http::Response();
  if (ask) {
    outcome = co_await perform(std::move(*ask));
  } else {
    outcome = std::unexpected(std::move(ask.error()));
  }
  if (!outcome) {
    base::log::info("s3.refused", {{"code", outcome.error().code}});
    co_return refuse(outcome.error(), head, request_id);
  }
  outcome->headers.set("x-amz-request-id", request_id);
  co_return std::move(*outcome);
}

Task<Outcome> S3::perform(Ask ask) {
  const auto operation = choose(ask);
  if (!operation) co_return std::unexpected(operation.error());
  const bool makes_bucket = (*operation)->name == "CreateBucket";
  if (!ask.bucket.empty() && !makes_bucket) {
    const Bucket* bucket = catalog_.find_bucket(ask.bucket);
    if (bucket == nullptr) co_return std::unexpected(no_such_bucket());
    if (bucket->account_sid != ask.from.account_sid)
      co_return std::unexpected(Failure{403, "AccessDenied", "Access Denied"});
  }
  Task<Outcome> performing = (this->*(*operation)->member)(std::move(ask));
  co_return co_await std::move(performing);
}

Task<std::expected<Payload, Failure>> S3::take_body(Ask& ask) {
  using Checked = std::expected<Payload, Failure>;
  http::Request& request = ask.from.request;
  const bool may_be_unsigned = request.secure || request.is_loopback() || ask.from.claim.in_query;
  Vouchers vouchers = read_vouchers(
      request.headers, ask.from.payload, ask.from.claim, ask.from.secret, may_be_unsigned
  );
  std::move_only_function<Checked()> job = [body = std::move(request.body),
                                            vouchers = std::move(vouchers)]() mutable {
    return check_payload(std::move(body), vouchers);
  };
  co_return co_await environment_.pool.run<Checked>(std::move(job));
}

Task<std::expected<std::vector<Segment>, Failure>> S3::store(std::string bytes) {
  std::vector<Segment> segments;
  if (bytes.empty()) co_return segments;
  if (bytes.size() > max_object)
    co_return std::unexpected(Failure{
        400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size of 16 MiB."
    });
  Segment segment{base::make_sid("BO", environment_.random), bytes.size()};
  std::string name = segment.file;
  const auto key = co_await environment_.files.write_sealed(std::move(name), std::move(bytes));
  if (!key) co_return std::unexpected(to_failure(key.error()));
  segment.key = *key;
  segments.push_back(std::move(segment));
  co_return segments;
}

}  // namespace belfry::compat::aws::s3
