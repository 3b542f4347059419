// Uploads in parts.
#include <algorithm>
#include <tuple>

#include "base/log.hpp"
#include "compat/aws/s3/catalog.hpp"

namespace belfry::compat::aws::s3 {
namespace {

using base::Errc;
using base::fail;
using base::Result;

constexpr std::size_t page = 1000;

}  // namespace

Catalog::Done Catalog::load_uploads() {
  std::string after;
  while (true) {
    call::DocumentQuery query{.collection = std::string(Upload::collection), .limit = page};
    query.after_key = after;
    const auto found = co_await journal_.find_documents(std::move(query));
    if (!found) co_return fail(found.error());
    for (const call::Document& document : *found)
      if (auto upload = Upload::from_document(document))
        uploads_.insert_or_assign(document.key, std::move(*upload));
    if (found->size() < page) co_return Result<>{};
    after = found->back().key;
  }
}

Catalog::Done Catalog::load_parts() {
  for (auto& [id, upload] : uploads_) {
    std::string after;
    bool more = true;
    while (more) {
      call::DocumentQuery query{.collection = std::string(Part::collection), .tag = id};
      query.limit = page;
      query.after_key = after;
      const auto found = co_await journal_.find_documents(std::move(query));
      if (!found) co_return fail(found.error());
      for (const call::Document& document : *found)
        if (const auto part = Part::from_document(document)) upload.parts[part->number] = *part;
      more = found->size() == page;
      if (more) after = found->back().key;
    }
  }
  co_return Result<>{};
}

const Upload* Catalog::find_upload(const std::string& id) const {
  const auto found = uploads_.find(id);
  return found == uploads_.end() ? nullptr : &found->second;
}

std::vector<const Upload*> Catalog::uploads_of(std::string_view bucket) const {
  std::vector<const Upload*> found;
  for (const auto& [id, upload] : uploads_)
    if (upload.bucket == bucket) found.push_back(&upload);
  std::ranges::sort(found, {}, [](const Upload* upload) {
    return std::tie(upload->key, upload->begun, upload->id);
  });
  return found;
}

Catalog::Done Catalog::begin_upload(Upload upload) {
  Bucket* bucket = bucket_of(upload.bucket);
  if (bucket == nullptr) co_return fail(Errc::not_found, "there is no such bucket");
  if (uploads_.size() >= max_uploads) co_return fail(Errc::too_large, "there are too many uploads");
  call::Changes changes;
  changes.conditions.push_back(bucket->is_there());
  changes.new_documents.push_back(upload.to_document());
  ++bucket->being_written;
  const Result<> stored = co_await journal_.commit(std::move(changes));
  if (bucket = bucket_of(upload.bucket); bucket != nullptr) --bucket->being_written;
  std::string id = upload.id;
  if (stored) uploads_.emplace(std::move(id), std::move(upload));
  co_return stored;
}

Catalog::Done Catalog::put_part(std::string id, Part part) {
  const Upload* upload = find_upload(id);
  if (upload == nullptr) co_return fail(Errc::not_found, "there is no such upload");
  call::Changes changes;
  changes.conditions.push_back(upload->is_there());
  changes.documents.push_back(part.to_document(id));
  const Result<> stored = co_await journal_.commit(std::move(changes));
  if (!stored) co_return stored;
  const auto now = uploads_.find(id);
  // Given up right behind this commit, which did not know of the row.
  if (now == uploads_.end()) {
    call::Changes removal;
    removal.removed_documents.push_back(Part::document_key(id, part.number));
    journal_.commit_later(std::move(removal));
    co_return fail(Errc::not_found, "there is no such upload");
  }
  std::vector<Segment> replaced;
  // While the object is being made of the parts, the old file may be in it: `upkeep` will know.
  const auto old = now->second.parts.find(part.number);
  if (old != now->second.parts.end() && !now->second.is_being_completed)
    replaced.push_back(old->second.segment);
  now->second.parts[part.number] = std::move(part);
  co_await remove_files(std::move(replaced));
  co_return Result<>{};
}

Catalog::Done Catalog::complete_upload(Object object) {
  const std::string id = object.upload;
  const auto upload = uploads_.find(id);
  if (upload == uploads_.end()) co_return fail(Errc::not_found, "there is no such upload");
  if (objects_ >= max_objects) co_return fail(Errc::too_large, "there are too many objects");
  call::Changes changes;
  changes.conditions.push_back(upload->second.is_there());
  changes.documents.push_back(object.to_document());
  changes.removed_documents.push_back({std::string(Upload::collection), id});
  for (const auto& [number, part] : upload->second.parts)
    changes.removed_documents.push_back(Part::document_key(id, number));
  upload->second.is_being_completed = true;
  const Result<> stored = co_await journal_.commit(std::move(changes));
  if (const auto now = uploads_.find(id); now != uploads_.end())
    now->second.is_being_completed = false;
  if (!stored) co_return stored;
  std::vector<Segment> unused = forget_upload(id, &object);
  for (Segment& segment : replace(std::move(object))) unused.push_back(std::move(segment));
  co_await remove_files(std::move(unused));
  co_return Result<>{};
}

Catalog::Done Catalog::abort_upload(std::string id) {
  const Upload* upload = find_upload(id);
  if (upload == nullptr) co_return fail(Errc::not_found, "there is no such upload");
  call::Changes changes;
  changes.conditions.push_back(upload->is_there());
  changes.removed_documents.push_back({std::string(Upload::collection), id});
  for (const auto& [number, part] : upload->parts)
    changes.removed_documents.push_back(Part::document_key(id, number));
  const Result<> stored = co_await journal_.commit(std::move(changes));
  if (!stored) co_return stored;
  std::vector<Segment> unused = forget_upload(id, nullptr);
  co_await remove_files(std::move(unused));
  co_return Result<>{};
}

/// @return the files of its parts that the object does not have
std::vector<Segment> Catalog::forget_upload(const std::string& id, const Object* made_of_it) {
  std::set<std::string_view> used;
  if (made_of_it != nullptr)
    for (const Segment& segment : made_of_it->segments) used.insert(segment.file);
  std::vector<Segment> unused;
  const auto found = uploads_.find(id);
  if (found == uploads_.end()) return unused;
  for (const auto& [number, part] : found->second.parts)
    if (!used.contains(part.segment.file)) unused.push_back(part.segment);
  uploads_.erase(found);
  return unused;
}

Catalog::Done Catalog::give_up_old_uploads() {
  std::vector<std::string> old;
  for (const auto& [id, upload] : uploads_)
    if (upload.begun < loop_.wall_now() - upload_age) old.push_back(id);
  for (const std::string& id : old) {
    const Result<> aborted = co_await abort_upload(id);
    if (!aborted && aborted.error().code != Errc::not_found) co_return aborted;
    base::log::info("s3.upload_given_up", {{"upload", id}});
  }
  co_return Result<>{};
}

}  // namespace belfry::compat::aws::s3
