#include "compat/aws/s3/rows.hpp"

#include "base/encoding.hpp"
#include "call/json_members.hpp"

namespace belfry::compat::aws::s3 {
namespace {

using base::json::array;
using base::json::object;
using call::text_member;

array to_array(const Attributes& attributes) {
  array all;
  for (const auto& [name, value] : attributes) all.emplace_back(array{name, value});
  return all;
}

const array* list_member(const object& value, std::string_view name) {
  const base::json::value* member = base::json::find(value, name);
  return member != nullptr ? member->if_array() : nullptr;
}

Attributes read_attributes(const object& value) {
  Attributes attributes;
  const array* all = list_member(value, "attributes");
  if (all == nullptr) return attributes;
  for (const base::json::value& each : *all) {
    const array* pair = each.if_array();
    if (pair != nullptr && pair->size() == 2 && pair->at(0).is_string() && pair->at(1).is_string())
      attributes.emplace_back(pair->at(0).get_string(), pair->at(1).get_string());
  }
  return attributes;
}

object to_object(const Segment& segment) {
  return {{"file", segment.file}, {"size", segment.size}, {"key", segment.key}};
}

Segment read_segment(const object& value) {
  return {
      text_member(value, "file"),
      static_cast<std::uint64_t>(call::number_member(value, "size")),
      text_member(value, "key"),
  };
}

}  // namespace

std::uint64_t Object::size() const {
  std::uint64_t sum = 0;
  for (const Segment& segment : segments) sum += segment.size;
  return sum;
}

/// Keys of objects are longer than an index likes.
call::DocumentKey Object::document_key(std::string_view bucket, std::string_view key) {
  std::string both(bucket);
  both.append("/").append(key);  // no bucket's name has a slash
  return {std::string(collection), base::sha256_hex(both)};
}

call::Document Object::to_document() const {
  call::DocumentKey which = document_key(bucket, key);
  call::Document document{std::move(which.collection), std::move(which.key), bucket, {}, modified};
  array all;
  for (const Segment& segment : segments) all.emplace_back(to_object(segment));
  document.value = {
      {"bucket", bucket},
      {"key", key},
      {"segments", std::move(all)},
      {"etag", etag},
      {"attributes", to_array(attributes)},
      {"upload", upload}
  };
  return document;
}

std::optional<Object> Object::from_document(const call::Document& document) {
  Object read;
  read.bucket = text_member(document.value, "bucket");
  read.key = text_member(document.value, "key");
  read.etag = text_member(document.value, "etag");
  read.attributes = read_attributes(document.value);
  read.upload = text_member(document.value, "upload");
  read.modified = document.created;
  const array* all = list_member(document.value, "segments");
  if (read.key.empty() || all == nullptr) return std::nullopt;
  for (const base::json::value& each : *all)
    if (each.is_object()) read.segments.push_back(read_segment(each.get_object()));
  return read;
}

call::DocumentKey Part::document_key(const std::string& upload, int number) {
  return {std::string(collection), upload + "." + std::to_string(number)};
}

call::Document Part::to_document(const std::string& upload) const {
  call::DocumentKey which = document_key(upload, number);
  call::Document document{std::move(which.collection), std::move(which.key), upload, {}, modified};
  document.value = {{"number", number}, {"segment", to_object(segment)}, {"etag", etag}};
  return document;
}

std::optional<Part> Part::from_document(const call::Document& document) {
  Part read;
  read.number = static_cast<int>(call::number_member(document.value, "number"));
  read.segment = read_segment(call::object_member(document.value, "segment"));
  read.etag = text_member(document.value, "etag");
  read.modified = document.created;
  if (read.number < 1 || read.segment.file.empty()) return std::nullopt;
  return read;
}

call::Document Upload::to_document() const {
  call::Document document{std::string(collection), id, bucket, {}, begun};
  document.value = {{"bucket", bucket}, {"key", key}, {"attributes", to_array(attributes)}};
  return document;
}

std::optional<Upload> Upload::from_document(const call::Document& document) {
  Upload read;
  read.id = document.key;
  read.bucket = text_member(document.value, "bucket");
  read.key = text_member(document.value, "key");
  read.attributes = read_attributes(document.value);
  read.begun = document.created;
  if (read.key.empty()) return std::nullopt;
  return read;
}

call::DocumentCondition Upload::is_there() const {
  return {{std::string(collection), id}, "key", base::json::value(key)};
}

call::DocumentCondition Bucket::is_there() const {
  return {{std::string(collection), name}, "account", base::json::value(account_sid)};
}

call::Document Bucket::to_document() const {
  call::Document document{std::string(collection), name, account_sid, {}, created};
  document.value = {{"account", account_sid}, {"region", region}};
  return document;
}

std::optional<Bucket> Bucket::from_document(const call::Document& document) {
  Bucket read;
  read.name = document.key;
  read.account_sid = text_member(document.value, "account");
  read.region = text_member(document.value, "region");
  read.created = document.created;
  return read;
}

}  // namespace belfry::compat::aws::s3
