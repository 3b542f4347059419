#pragma once
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "call/journal.hpp"

/// What is stored of buckets, objects and uploads.
namespace belfry::compat::aws::s3 {

/// A file with all or some of an object's bytes. Its name says nothing of the key (rule H6).
struct Segment {
  std::string file;
  std::uint64_t size = 0;
  std::string key = {};  // that the file is sealed by, itself sealed; empty: it is not
};

/// Header fields of an object that come back with it: Content-Type, x-amz-meta-…
using Attributes = std::vector<std::pair<std::string, std::string>>;

struct Object {
  static constexpr std::string_view collection = "aws_s3_object";
  std::string bucket;
  std::string key;
  std::vector<Segment> segments = {};  // in order; an empty object has none
  std::string etag = {};               // without quotes
  Attributes attributes = {};
  std::string upload = {};  // that it came by; empty: in one piece
  base::WallTime modified{};

  std::uint64_t size() const;
  call::Document to_document() const;
  static std::optional<Object> from_document(const call::Document& document);
  static call::DocumentKey document_key(std::string_view bucket, std::string_view key);
};

struct Part {
  static constexpr std::string_view collection = "aws_s3_part";
  int number = 0;
  Segment segment;
  std::string etag;
  base::WallTime modified{};

  call::Document to_document(const std::string& upload) const;
  static std::optional<Part> from_document(const call::Document& document);
  static call::DocumentKey document_key(const std::string& upload, int number);
};

struct Upload {
  static constexpr std::string_view collection = "aws_s3_upload";
  std::string id;
  std::string bucket;
  std::string key;
  Attributes attributes;
  base::WallTime begun{};
  std::map<int, Part> parts;  // rows of their own
  bool is_being_completed = false;

  call::Document to_document() const;
  static std::optional<Upload> from_document(const call::Document& document);
  call::DocumentCondition is_there() const;
};

struct Bucket {
  static constexpr std::string_view collection = "aws_s3_bucket";
  std::string name;
  std::string account_sid;
  std::string region;
  base::WallTime created{};
  std::map<std::string, Object, std::less<>>
      objects;            // rows of their own; in the order of listings
  int being_written = 0;  // commits under way

  call::Document to_document() const;
  static std::optional<Bucket> from_document(const call::Document& document);
  call::DocumentCondition is_there() const;
};

}  // namespace belfry::compat::aws::s3
