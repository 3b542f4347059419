#include "compat/aws/s3/listing.hpp"

#include "base/encoding.hpp"

namespace belfry::compat::aws::s3 {
namespace {

using Objects = std::map<std::string, Object, std::less<>>;

/// The first key behind all that begin with `prefix`.
Objects::const_iterator behind(const Objects& objects, std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFF) prefix.pop_back();
  if (prefix.empty()) return objects.end();
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return objects.lower_bound(prefix);
}

Objects::const_iterator first_of(const Objects& objects, const ListQuery& query) {
  if (query.after.empty() || query.after < query.prefix) return objects.lower_bound(query.prefix);
  return query.after_is_prefix ? behind(objects, query.after) : objects.upper_bound(query.after);
}

}  // namespace

Listed list_objects(const Objects& objects, const ListQuery& query) {
  Listed listed;
  auto at = first_of(objects, query);
  while (at != objects.end() && at->first.starts_with(query.prefix)) {
    if (listed.entries.size() == query.limit) {
      listed.is_truncated = true;
      break;
    }
    const auto cut = query.delimiter.empty() ? std::string::npos
                                             : at->first.find(query.delimiter, query.prefix.size());
    if (cut == std::string::npos) {
      listed.entries.emplace_back(&at->second);
      ++at;
    } else {
      Listed::Prefix common{at->first.substr(0, cut + query.delimiter.size())};
      at = behind(objects, common.text);
      listed.entries.emplace_back(std::move(common));
    }
  }
  return listed;
}

std::string Listed::last_key() const {
  if (entries.empty()) return {};
  if (const auto* prefix = std::get_if<Prefix>(&entries.back())) return prefix->text;
  return std::get<const Object*>(entries.back())->key;
}

bool Listed::last_is_prefix() const {
  return !entries.empty() && std::holds_alternative<Prefix>(entries.back());
}

std::string to_token(const Listed& listed) {
  const std::string text = (listed.last_is_prefix() ? "p" : "k") + listed.last_key();
  return base::to_base64(base::as_bytes(text));
}

bool read_token(std::string_view token, ListQuery& query) {
  const auto bytes = base::from_base64(token);
  if (!bytes || bytes->empty()) return false;
  const std::string_view text = base::as_text(*bytes);
  if (text[0] != 'p' && text[0] != 'k') return false;
  query.after_is_prefix = text[0] == 'p';
  query.after = text.substr(1);
  return true;
}

}  // namespace belfry::compat::aws::s3
