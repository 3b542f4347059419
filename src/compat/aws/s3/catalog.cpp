#include "compat/aws/s3/catalog.hpp"

#include <algorithm>
#include <functional>

#include "base/log.hpp"

namespace belfry::compat::aws::s3 {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using base::Task;

constexpr std::size_t page = 1000;

/// Every document of a collection. `take` outlives the task.
Task<Result<>> read_all(
    call::Journal& journal, std::string_view collection,
    const std::function<void(const call::Document&)>& take
) {
  std::string after;
  while (true) {
    call::DocumentQuery query{.collection = std::string(collection), .limit = page};
    query.after_key = after;
    const auto found = co_await journal.find_documents(std::move(query));
    if (!found) co_return fail(found.error());
    for (const call::Document& document : *found) take(document);
    if (found->size() < page) co_return Result<>{};
    after = found->back().key;
  }
}

}  // namespace

Catalog::Done Catalog::load() {
  Result<> loaded = co_await load_buckets();
  if (loaded) loaded = co_await load_objects();
  if (loaded) loaded = co_await load_uploads();
  if (loaded) loaded = co_await load_parts();
  co_return loaded;
}

Catalog::Done Catalog::load_buckets() {
  const std::function<void(const call::Document&)> take = [this](const call::Document& document) {
    if (auto bucket = Bucket::from_document(document))
      buckets_.insert_or_assign(bucket->name, std::move(*bucket));
  };
  co_return co_await read_all(journal_, Bucket::collection, take);
}

Catalog::Done Catalog::load_objects() {
  const std::function<void(const call::Document&)> take = [this](const call::Document& document) {
    auto object = Object::from_document(document);
    if (object && find_bucket(object->bucket) != nullptr) replace(std::move(*object));
  };
  co_return co_await read_all(journal_, Object::collection, take);
}

const Bucket* Catalog::find_bucket(std::string_view name) const {
  const auto found = buckets_.find(name);
  return found == buckets_.end() ? nullptr : &found->second;
}

Bucket* Catalog::bucket_of(std::string_view name) {
  const auto found = buckets_.find(name);
  return found == buckets_.end() ? nullptr : &found->second;
}

const Object* Catalog::find_object(std::string_view bucket_name, std::string_view key) const {
  const Bucket* bucket = find_bucket(bucket_name);
  if (bucket == nullptr) return nullptr;
  const auto found = bucket->objects.find(key);
  return found == bucket->objects.end() ? nullptr : &found->second;
}

Catalog::Done Catalog::add_bucket(Bucket bucket) {
  const auto of_account = std::ranges::count_if(buckets_, [&](const auto& each) {
    return each.second.account_sid == bucket.account_sid;
  });
  if (static_cast<std::size_t>(of_account) >= max_buckets)
    co_return fail(Errc::too_large, "the account has too many buckets");
  call::Changes changes;
  changes.new_documents.push_back(bucket.to_document());
  const Result<> stored = co_await journal_.commit(std::move(changes));
  if (stored) buckets_.insert_or_assign(bucket.name, std::move(bucket));
  co_return stored;
}

Catalog::Done Catalog::remove_bucket(std::string name) {
  const Bucket* bucket = find_bucket(name);
  if (bucket == nullptr) co_return fail(Errc::not_found, "there is no such bucket");
  if (!bucket->objects.empty() || bucket->being_written > 0 || !uploads_of(name).empty())
    co_return fail(Errc::conflict, "the bucket is not empty");
  call::Changes changes;
  changes.removed_documents.push_back({std::string(Bucket::collection), name});
  // What comes from now on finds no bucket: its commit is behind this one.
  const Result<> stored = co_await journal_.commit(std::move(changes));
  if (stored) buckets_.erase(name);
  co_return stored;
}

Catalog::Done Catalog::put_object(Object object) {
  Bucket* bucket = bucket_of(object.bucket);
  if (bucket == nullptr) co_return fail(Errc::not_found, "there is no such bucket");
  if (objects_ >= max_objects && !bucket->objects.contains(object.key))
    co_return fail(Errc::too_large, "there are too many objects");
  call::Changes changes;
  changes.conditions.push_back(bucket->is_there());
  changes.documents.push_back(object.to_document());
  ++bucket->being_written;
  const Result<> stored = co_await journal_.commit(std::move(changes));
  if (bucket = bucket_of(object.bucket); bucket != nullptr) --bucket->being_written;
  if (!stored) co_return stored;
  std::vector<Segment> replaced = replace(std::move(object));
  co_await remove_files(std::move(replaced));
  co_return Result<>{};
}

/// @return the files of what had its key
std::vector<Segment> Catalog::replace(Object object) {
  auto& objects = bucket_of(object.bucket)->objects;
  std::string key = object.key;
  const auto [entry, is_new] = objects.try_emplace(std::move(key));
  if (is_new) ++objects_;
  std::vector<Segment> replaced = std::move(entry->second.segments);
  entry->second = std::move(object);
  return replaced;
}

Catalog::Done Catalog::remove_objects(std::string bucket_name, std::vector<std::string> keys) {
  call::Changes changes;
  for (const std::string& key : keys)
    if (find_object(bucket_name, key) != nullptr)
      changes.removed_documents.push_back(Object::document_key(bucket_name, key));
  if (changes.empty()) co_return Result<>{};
  const Result<> stored = co_await journal_.commit(std::move(changes));
  if (!stored) co_return stored;
  std::vector<Segment> removed;
  for (const std::string& key : keys) {
    Bucket* bucket = bucket_of(bucket_name);
    const auto found = bucket->objects.find(key);
    if (found == bucket->objects.end()) continue;
    removed.insert(removed.end(), found->second.segments.begin(), found->second.segments.end());
    bucket->objects.erase(found);
    --objects_;
  }
  co_await remove_files(std::move(removed));
  co_return Result<>{};
}

/// One that cannot be removed now is forgotten, and found by `upkeep`.
Task<void> Catalog::remove_files(std::vector<Segment> segments) {
  for (const Segment& segment : segments) {
    const Result<> removed = co_await files_.remove(segment.file);
    if (!removed) base::log::warning("s3.file_left", {{"why", removed.error().message}});
  }
}

std::set<std::string> Catalog::named_files() const {
  std::set<std::string> names;
  for (const auto& [bucket_name, bucket] : buckets_)
    for (const auto& [key, object] : bucket.objects)
      for (const Segment& segment : object.segments) names.insert(segment.file);
  for (const auto& [id, upload] : uploads_)
    for (const auto& [number, part] : upload.parts) names.insert(part.segment.file);
  return names;
}

Catalog::Done Catalog::upkeep() {
  const Result<> given_up = co_await give_up_old_uploads();
  if (!given_up) co_return given_up;
  // A file whose row is about to be written is younger than that.
  std::set<std::string> kept = named_files();
  const base::WallTime before = loop_.wall_now() - forgotten_age;
  const auto removed = co_await files_.remove_others(std::move(kept), before);
  if (!removed) co_return fail(removed.error());
  if (*removed > 0) base::log::info("s3.forgotten_files_removed", {{"files", *removed}});
  co_return Result<>{};
}

}  // namespace belfry::compat::aws::s3
