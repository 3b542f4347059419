#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/loop.hpp"
#include "base/task.hpp"
#include "call/blob_files.hpp"
#include "call/journal.hpp"
#include "compat/aws/s3/rows.hpp"

namespace belfry::compat::aws::s3 {

/// Which buckets, objects and uploads there are. The rows of the journal are what counts; this
/// keeps a copy of them in memory, in the order in which objects are listed. Files come before the
/// row that names them and go after it (rules R1, R8): what a crash leaves is a file that nobody
/// names, which `upkeep` removes. Control thread.
///
/// Failures: Errc::not_found, Errc::conflict for what is in the way, Errc::too_large beyond the
/// limits below, what the journal says.
class Catalog {
 public:
  static constexpr std::size_t max_buckets = 100;  // of an account
  static constexpr std::size_t max_objects = 100'000;
  static constexpr std::size_t max_uploads = 1'000;
  static constexpr std::chrono::days upload_age{7};      // older ones are given up
  static constexpr std::chrono::hours forgotten_age{1};  // of files that no row names

  using Done = base::Task<base::Result<>>;

  Catalog(base::Loop& loop, call::Journal& journal, call::BlobFiles& files)
      : loop_(loop), journal_(journal), files_(files) {}

  /// At start, before the first request.
  Done load();
  /// Each hour: gives old uploads up, removes forgotten files.
  Done upkeep();

  const std::map<std::string, Bucket, std::less<>>& buckets() const { return buckets_; }
  const Bucket* find_bucket(std::string_view name) const;
  const Object* find_object(std::string_view bucket, std::string_view key) const;
  const Upload* find_upload(const std::string& id) const;
  /// By key, then by their begin.
  std::vector<const Upload*> uploads_of(std::string_view bucket) const;

  Done add_bucket(Bucket bucket);
  Done remove_bucket(std::string name);
  /// Its files are there. Replaces what had the key.
  Done put_object(Object object);
  /// None of them need exist.
  Done remove_objects(std::string bucket, std::vector<std::string> keys);

  Done begin_upload(Upload upload);
  Done put_part(std::string upload, Part part);
  /// The object has the segments of some of its parts; the others go.
  Done complete_upload(Object object);
  Done abort_upload(std::string id);

 private:
  Done load_buckets();
  Done load_objects();
  Done load_uploads();
  Done load_parts();
  Done give_up_old_uploads();
  std::set<std::string> named_files() const;
  base::Task<void> remove_files(std::vector<Segment> segments);
  std::vector<Segment> replace(Object object);
  std::vector<Segment> forget_upload(const std::string& id, const Object* made_of_it);
  Bucket* bucket_of(std::string_view name);

  base::Loop& loop_;
  call::Journal& journal_;
  call::BlobFiles& files_;
  std::map<std::string, Bucket, std::less<>> buckets_;
  std::map<std::string, Upload> uploads_;  // by id
  std::size_t objects_ = 0;
};

}  // namespace belfry::compat::aws::s3
