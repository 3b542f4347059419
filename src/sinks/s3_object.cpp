#include "sinks/s3_object.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace belfry::sinks {
namespace {

using namespace std::chrono_literals;
using base::Errc;
using base::fail;
using base::Result;
using base::Task;

std::string encoded(std::string_view key) {
  std::string path;
  for (const std::string_view segment : base::split(key, '/'))
    path.append("/").append(base::percent_encode(segment));
  return path;
}

/// As `encoding-type=url` has it: AWS writes a blank as `+`.
std::string decoded(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  return base::percent_decode(spaced).value_or(std::move(spaced));
}

/// Of a list of uploads, those of exactly this key.
std::vector<std::string> uploads_of(std::string_view xml, std::string_view key) {
  std::vector<std::string> ids;
  constexpr std::string_view open = "<Upload>";
  for (auto at = xml.find(open); at != std::string_view::npos; at = xml.find(open, at + 1))
    if (decoded(xml_element(xml, "Key", at)) == key)
      ids.emplace_back(xml_element(xml, "UploadId", at));
  return ids;
}

/// Completing says 200 before it knows: then the body tells.
Result<> judge(const Result<http::ClientResponse>& answer) {
  if (answer && answer->status < 300 && !answer->body.contains("<Error>")) return {};
  if (!answer) return fail(Errc::unavailable, answer.error().message);
  const std::string why =
      std::to_string(answer->status) + " " + std::string(xml_element(answer->body, "Code"));
  // A bucket that is not there yet, or not ours yet, may be so tomorrow.
  const bool later = is_worth_repeating(answer) || answer->status < 300 || answer->status == 404;
  return fail(later ? Errc::unavailable : Errc::refused, "S3: " + why);
}

}  // namespace

std::string fill_template(
    std::string text, const std::vector<std::pair<std::string, std::string>>& values
) {
  for (const auto& [name, value] : values) {
    const std::string place = "{" + name + "}";
    for (auto at = text.find(place); at != std::string::npos; at = text.find(place, at))
      text.replace(at, place.size(), value);
  }
  return text;
}

AwsClient::Request S3Object::request(std::string method, std::string query, std::string body)
    const {
  AwsClient::Request made;
  made.service = "s3";
  made.method = std::move(method);
  made.path = "/" + base::percent_encode(target_.bucket) + encoded(target_.key);
  made.query = std::move(query);
  made.body = std::move(body);
  made.total_time = 120s;
  return made;
}

void S3Object::add_attributes(AwsClient::Request& made) const {
  made.content_type = target_.content_type;
  if (!target_.encryption.empty())
    made.headers.add("x-amz-server-side-encryption", target_.encryption);
}

Task<Result<>> S3Object::put(std::uint64_t size, Read read) {
  if (size <= 2 * part_size) co_return co_await put_whole(size, std::move(read));
  co_return co_await put_in_parts(size, std::move(read));
}

Task<Result<>> S3Object::put_whole(std::uint64_t size, Read read) {
  Task<Result<Piece>> reading = read(0, size);
  Result<Piece> piece = co_await std::move(reading);
  if (!piece) co_return fail(std::move(piece.error()));
  AwsClient::Request made = request("PUT", "", std::move(piece->bytes));
  made.body_hash = std::move(piece->sha256);
  add_attributes(made);
  const auto answer = co_await aws_.send(std::move(made));
  co_return judge(answer);
}

Task<Result<>> S3Object::put_in_parts(std::uint64_t size, Read read) {
  co_await abort_leftovers();
  Result<std::string> upload = co_await begin();
  if (!upload) co_return fail(std::move(upload.error()));
  Result<Parts> parts = co_await put_parts(*upload, size, std::move(read));
  if (!parts) {
    co_await abort(*upload);
    co_return fail(std::move(parts.error()));
  }
  Result<> completed = co_await complete(*upload, std::move(*parts));
  if (!completed) co_await abort(*upload);
  co_return completed;
}

/// What an earlier attempt began and could not take away, because it was killed or S3 was not
/// there. Who may not list the bucket's uploads leaves them to its life-cycle rules.
Task<void> S3Object::abort_leftovers() {
  AwsClient::Request made = request(
      "GET", "encoding-type=url&prefix=" + base::percent_encode(target_.key) + "&uploads=", ""
  );
  made.path = "/" + base::percent_encode(target_.bucket);
  const auto answer = co_await aws_.send(std::move(made));
  if (const Result<> right = judge(answer); !right) {
    base::log::info("sink.uploads_not_listed", {{"why", right.error().message}});
    co_return;
  }
  for (const std::string& id : uploads_of(answer->body, target_.key)) co_await abort(id);
}

Task<Result<std::string>> S3Object::begin() {
  AwsClient::Request made = request("POST", "uploads=", "");
  add_attributes(made);
  const auto answer = co_await aws_.send(std::move(made));
  const Result<> right = judge(answer);
  if (!right) co_return fail(right.error());
  std::string id(xml_element(answer->body, "UploadId"));
  if (id.empty()) co_return fail(Errc::unavailable, "S3 began an upload without an id");
  co_return id;
}

Task<Result<S3Object::Parts>> S3Object::put_parts(
    std::string upload, std::uint64_t size, Read read
) {
  Parts parts;
  for (std::uint64_t at = 0; at < size; at += part_size) {
    Task<Result<Piece>> reading = read(at, part_size);
    Result<Piece> piece = co_await std::move(reading);
    if (!piece) co_return fail(std::move(piece.error()));
    AwsClient::Request made = request(
        "PUT",
        "partNumber=" + std::to_string(parts.size() + 1) +
            "&uploadId=" + base::percent_encode(upload),
        std::move(piece->bytes)
    );
    made.body_hash = std::move(piece->sha256);
    const auto answer = co_await aws_.send(std::move(made));
    const Result<> right = judge(answer);
    if (!right) co_return fail(right.error());
    parts.emplace_back(answer->headers.get("ETag").value_or(""));
  }
  co_return parts;
}

Task<Result<>> S3Object::complete(std::string upload, Parts parts) {
  std::string body = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  for (std::size_t i = 0; i < parts.size(); ++i)
    body += "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>" +
            base::escape_xml(parts[i]) + "</ETag></Part>";
  body += "</CompleteMultipartUpload>";
  AwsClient::Request made =
      request("POST", "uploadId=" + base::percent_encode(upload), std::move(body));
  made.content_type = "application/xml";
  const auto answer = co_await aws_.send(std::move(made));
  co_return judge(answer);
}

Task<void> S3Object::abort(std::string upload) {
  AwsClient::Request made = request("DELETE", "uploadId=" + base::percent_encode(upload), "");
  const auto answer = co_await aws_.send(std::move(made));
  if (const Result<> right = judge(answer); !right)
    base::log::warning("sink.upload_left", {{"why", right.error().message}});
}

}  // namespace belfry::sinks
