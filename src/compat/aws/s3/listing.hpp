#pragma once
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "compat/aws/s3/rows.hpp"

/// A page of a bucket's objects, in the order of their keys' bytes. Pure.
namespace belfry::compat::aws::s3 {

struct ListQuery {
  std::string prefix;
  std::string delimiter;  // keys that go on behind it are one common prefix
  std::string after;      // only what comes behind this key, or behind all of this common prefix
  bool after_is_prefix = false;
  std::size_t limit = 1000;
};

struct Listed {
  struct Prefix {
    std::string text;
  };
  std::vector<std::variant<const Object*, Prefix>> entries;
  bool is_truncated = false;

  /// Of the last entry: what the next page begins after.
  std::string last_key() const;
  bool last_is_prefix() const;
};

Listed list_objects(
    const std::map<std::string, Object, std::less<>>& objects, const ListQuery& query
);

/// "k" or "p" and the key, in base64: what `NextContinuationToken` says.
std::string to_token(const Listed& listed);
/// @return false when it is not one of ours
bool read_token(std::string_view token, ListQuery& query);

}  // namespace belfry::compat::aws::s3
