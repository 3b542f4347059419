#include "speech/disk_cache.hpp"

#include <unistd.h>

#include <fstream>

namespace belfry::speech {
namespace {

namespace fs = std::filesystem;

struct Header {
  char magic[8] = {'B', 'F', 'R', 'Y', 'P', 'C', 'M', '1'};
  std::uint32_t hz = 0;
  std::uint32_t samples = 0;
  std::uint64_t checksum = 0;
};

/// FNV-1a, against torn files and rot, not against people who may write there.
std::uint64_t checksum(media::ConstSamples samples) {
  std::uint64_t sum = 0xcbf29ce484222325;
  for (const media::Sample sample : samples)
    sum = (sum ^ static_cast<std::uint16_t>(sample)) * 0x100000001b3;
  return sum;
}

std::optional<media::PcmClip> read_clip(const fs::path& path) {
  std::error_code failed;
  const auto size = fs::file_size(path, failed);
  std::ifstream file(path, std::ios::binary);
  Header header;
  const Header expected;
  if (failed || !file.read(reinterpret_cast<char*>(&header), sizeof header)) return std::nullopt;
  const std::uint64_t body = std::uint64_t{header.samples} * sizeof(media::Sample);
  if (std::memcmp(header.magic, expected.magic, sizeof header.magic) != 0 || header.hz < 8000 ||
      header.hz > 48000 || size != sizeof header + body)
    return std::nullopt;
  media::PcmClip clip{.rate = {header.hz}, .samples = std::vector<media::Sample>(header.samples)};
  if (!file.read(reinterpret_cast<char*>(clip.samples.data()), static_cast<std::streamsize>(body)))
    return std::nullopt;
  if (checksum(clip.samples) != header.checksum) return std::nullopt;
  return clip;
}

bool write_clip(const fs::path& path, const media::PcmClip& clip) {
  Header header;
  header.hz = clip.rate.hz;
  header.samples = static_cast<std::uint32_t>(clip.samples.size());
  header.checksum = checksum(clip.samples);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(&header), sizeof header);
  file.write(
      reinterpret_cast<const char*>(clip.samples.data()),
      static_cast<std::streamsize>(clip.samples.size() * sizeof(media::Sample))
  );
  file.close();
  return file.good();
}

}  // namespace

DiskCache::DiskCache(fs::path directory, std::uint64_t limit_bytes)
    : directory_(std::move(directory)), limit_(limit_bytes) {}

std::uint64_t DiskCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

std::optional<media::PcmClip> DiskCache::find(const std::string& key) {
  if (directory_.empty()) return std::nullopt;
  {
    const std::lock_guard lock(mutex_);
    scan();
    if (!by_key_.contains(key)) return std::nullopt;
    touch(key);
  }
  auto clip = read_clip(path_of(key));
  std::error_code ignored;
  if (clip) {
    fs::last_write_time(path_of(key), fs::file_time_type::clock::now(), ignored);
    return clip;
  }
  fs::remove(path_of(key), ignored);
  const std::lock_guard lock(mutex_);
  forget(key);
  return std::nullopt;
}

void DiskCache::insert(const std::string& key, const media::PcmClip& clip) {
  const std::uint64_t size = sizeof(Header) + clip.samples.size() * sizeof(media::Sample);
  if (directory_.empty() || size > limit_) return;
  fs::path temporary;
  {
    const std::lock_guard lock(mutex_);
    scan();
    temporary = directory_ /
                (std::to_string(::getpid()) + "-" + std::to_string(++next_temporary_) + ".part");
  }
  std::error_code failed;
  if (write_clip(temporary, clip)) fs::rename(temporary, path_of(key), failed);
  if (failed || !fs::exists(path_of(key), failed)) {
    fs::remove(temporary, failed);
    return;
  }
  const std::lock_guard lock(mutex_);
  remember(key, size);
}

/// Takes up what an earlier run left, oldest last; half-written files go.
void DiskCache::scan() {
  if (std::exchange(scanned_, true)) return;
  std::error_code failed;
  fs::create_directories(directory_, failed);
  std::vector<std::pair<fs::file_time_type, fs::path>> found;
  for (auto next = fs::directory_iterator(directory_, failed);
       !failed && next != fs::directory_iterator(); next.increment(failed)) {
    std::error_code ignored;
    if (next->path().extension() == ".part") fs::remove(next->path(), ignored);
    if (next->path().extension() == ".pcm")
      found.emplace_back(next->last_write_time(ignored), next->path());
  }
  std::sort(found.begin(), found.end());
  for (const auto& [time, path] : found) {
    std::error_code unknown;
    const auto size = fs::file_size(path, unknown);
    if (!unknown) remember(path.stem().string(), size);
  }
}

void DiskCache::remember(const std::string& key, std::uint64_t size) {
  forget(key);
  bytes_ += size;
  files_.push_front({key, size});
  by_key_.emplace(key, files_.begin());
  while (bytes_ > limit_) {
    const std::string oldest = files_.back().key;
    std::error_code ignored;
    fs::remove(path_of(oldest), ignored);
    forget(oldest);
  }
}

void DiskCache::forget(const std::string& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  bytes_ -= found->second->size;
  files_.erase(found->second);
  by_key_.erase(found);
}

void DiskCache::touch(const std::string& key) {
  files_.splice(files_.begin(), files_, by_key_.find(key)->second);
}

}  // namespace belfry::speech
