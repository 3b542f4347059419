#include "store/blob_folder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>

namespace belfry::store {
namespace {

namespace fs = std::filesystem;
using base::Errc;
using base::fail;
using base::Result;

/// Two capitals and hex digits: nothing that could leave the folder (rule H6).
bool is_name(const std::string& name) {
  return name.size() > 2 && name.size() <= 64 && std::ranges::all_of(name, [](char character) {
           return (character >= '0' && character <= '9') ||
                  (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z');
         });
}

class File {
 public:
  File(const fs::path& path, int flags)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  bool write_all(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }
  bool sync() const { return descriptor_ >= 0 && ::fsync(descriptor_) == 0; }
  bool is_open() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

Result<> write_file(const fs::path& folder, const std::string& name, const std::string& bytes) {
  const fs::path part = folder / (name + ".part");
  bool written = false;
  {
    const File file(part, O_WRONLY | O_CREAT | O_TRUNC);
    written = file.is_open() && file.write_all(bytes) && file.sync();
  }
  std::error_code error;
  if (written) fs::rename(part, folder / name, error);
  if (!written || error || !File(folder, O_RDONLY | O_DIRECTORY).sync()) {
    const bool full = errno == ENOSPC || errno == EDQUOT;
    fs::remove(part, error);
    return fail(full ? Errc::unavailable : Errc::io, "a file could not be stored");
  }
  return {};
}

Result<std::string> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Errc::not_found, "no such file");
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return std::move(bytes).str();
}

/// Plain only until it is sealed: what a crash leaves of it is forgotten, not found.
Result<> write_sealed_file(
    const fs::path& folder, const std::string& name, const std::string& bytes,
    const call::RecordingVault& vault, const std::string& key
) {
  const fs::path plain = folder / (name + ".plain");
  bool written = false;
  {
    const File file(plain, O_WRONLY | O_CREAT | O_TRUNC);
    written = file.is_open() && file.write_all(bytes);
  }
  Result<> sealed = written ? vault.seal(plain, folder / name, key)
                            : fail(Errc::io, "a file could not be stored", errno);
  if (sealed) return sealed;
  std::error_code error;
  fs::remove(plain, error);
  const int why = sealed.error().detail;
  if (why == ENOSPC || why == EDQUOT) sealed.error().code = Errc::unavailable;
  return sealed;
}

class TextBytes final : public call::RecordingBytes {
 public:
  explicit TextBytes(std::string text) : text_(std::move(text)) {}
  std::uint64_t size() const override { return text_.size(); }
  Result<std::size_t> read(std::uint64_t at, std::span<std::byte> into) override {
    if (at >= text_.size()) return 0;
    return text_.copy(reinterpret_cast<char*>(into.data()), into.size(), at);
  }

 private:
  std::string text_;
};

std::size_t remove_files(
    const fs::path& folder, const std::set<std::string>& kept, base::WallTime before
) {
  std::size_t removed = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const auto written = fs::last_write_time(entry.path(), error);
    if (error || std::chrono::file_clock::to_sys(written) >= before) continue;
    if (kept.contains(entry.path().filename().string())) continue;
    if (fs::remove(entry.path(), error)) ++removed;
  }
  return removed;
}

}  // namespace

BlobFolder::BlobFolder(fs::path folder, base::WorkerPool& pool, call::RecordingVault* vault)
    : folder_(std::move(folder)), pool_(pool), vault_(vault) {
  if (folder_.empty()) return;
  std::error_code error;  // what is wrong shows when something is written
  fs::create_directories(folder_, error);
  fs::permissions(folder_, fs::perms::owner_all, error);
}

base::Task<Result<>> BlobFolder::write(std::string name, std::string bytes) {
  if (!is_name(name)) co_return fail(Errc::invalid_argument, "not the name of a blob");
  if (folder_.empty()) {
    in_memory_[name] = std::move(bytes);
    co_return Result<>{};
  }
  std::move_only_function<Result<>()> job = [folder = folder_, name = std::move(name),
                                             bytes = std::move(bytes)] {
    return write_file(folder, name, bytes);
  };
  co_return co_await pool_.run<Result<>>(std::move(job));
}

base::Task<Result<std::string>> BlobFolder::read(std::string name) {
  if (!is_name(name)) co_return fail(Errc::not_found, "no such file");
  if (folder_.empty()) {
    const auto found = in_memory_.find(name);
    if (found == in_memory_.end()) co_return fail(Errc::not_found, "no such file");
    co_return found->second;
  }
  std::move_only_function<Result<std::string>()> job = [path = folder_ / name] {
    return read_file(path);
  };
  co_return co_await pool_.run<Result<std::string>>(std::move(job));
}

base::Task<Result<>> BlobFolder::remove(std::string name) {
  in_memory_.erase(name);
  if (folder_.empty() || !is_name(name)) co_return Result<>{};
  std::move_only_function<Result<>()> job = [path = folder_ / name]() -> Result<> {
    std::error_code error;
    fs::remove(path, error);
    if (error) return fail(Errc::io, "a file could not be removed");
    return {};
  };
  co_return co_await pool_.run<Result<>>(std::move(job));
}

base::Task<Result<std::string>> BlobFolder::write_sealed(std::string name, std::string bytes) {
  if (vault_ == nullptr || folder_.empty() || !is_name(name)) {
    const Result<> written = co_await write(std::move(name), std::move(bytes));
    if (!written) co_return fail(written.error());
    co_return std::string();
  }
  std::string key = vault_->make_key();
  std::move_only_function<Result<>()> job = [folder = folder_, name = std::move(name),
                                             bytes = std::move(bytes), vault = vault_, key] {
    return write_sealed_file(folder, name, bytes, *vault, key);
  };
  const Result<> written = co_await pool_.run<Result<>>(std::move(job));
  if (!written) co_return fail(written.error());
  co_return key;
}

base::Task<Result<std::shared_ptr<call::RecordingBytes>>> BlobFolder::open(
    std::string name, std::string key
) {
  using Opened = Result<std::shared_ptr<call::RecordingBytes>>;
  if (!is_name(name)) co_return fail(Errc::not_found, "no such file");
  if (folder_.empty()) {
    const auto found = in_memory_.find(name);
    if (found == in_memory_.end()) co_return fail(Errc::not_found, "no such file");
    co_return std::make_shared<TextBytes>(found->second);
  }
  if (!key.empty() && vault_ == nullptr)
    co_return fail(Errc::malformed, "the file is sealed, and nobody here can open it");
  std::move_only_function<Opened()> job = [path = folder_ / name, key, vault = vault_]() -> Opened {
    BELFRY_TRY(bytes, key.empty() ? call::open_plain_recording(path) : vault->open(path, key));
    return std::shared_ptr<call::RecordingBytes>(std::move(bytes));
  };
  co_return co_await pool_.run<Opened>(std::move(job));
}

base::Task<Result<std::size_t>> BlobFolder::remove_others(
    std::set<std::string> kept, base::WallTime before
) {
  // What is in memory was written by this process, which forgets nothing.
  if (folder_.empty()) co_return std::size_t{0};
  std::move_only_function<Result<std::size_t>()> job = [folder = folder_, kept = std::move(kept),
                                                        before]() -> Result<std::size_t> {
    return remove_files(folder, kept, before);
  };
  co_return co_await pool_.run<Result<std::size_t>>(std::move(job));
}

}  // namespace belfry::store
