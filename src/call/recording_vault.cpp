#include "call/recording_vault.hpp"

#include <filesystem>
#include <fstream>
#include <vector>

namespace belfry::call {
namespace {

class PlainFile final : public RecordingBytes {
 public:
  PlainFile(std::ifstream file, std::uint64_t size) : file_(std::move(file)), size_(size) {}
  std::uint64_t size() const override { return size_; }
  base::Result<std::size_t> read(std::uint64_t at, std::span<std::byte> into) override {
    if (at >= size_) return std::size_t{0};
    const std::size_t wanted = std::min<std::uint64_t>(into.size(), size_ - at);
    file_.clear();
    file_.seekg(static_cast<std::streamoff>(at));
    file_.read(reinterpret_cast<char*>(into.data()), static_cast<std::streamsize>(wanted));
    if (file_.bad()) return base::fail(base::Errc::io, "the recording cannot be read");
    return static_cast<std::size_t>(file_.gcount());
  }

 private:
  std::ifstream file_;
  std::uint64_t size_;
};

}  // namespace

base::Result<std::unique_ptr<RecordingBytes>> open_plain_recording(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::streamoff size = file ? static_cast<std::streamoff>(file.tellg()) : -1;
  if (size < 0) return base::fail(base::Errc::not_found, "the recording has no file");
  return std::make_unique<PlainFile>(std::move(file), static_cast<std::uint64_t>(size));
}

base::Result<> copy_recording(RecordingBytes& bytes, const std::string& to) {
  constexpr auto owner = std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;
  std::ofstream file(to, std::ios::binary | std::ios::trunc);
  std::error_code error;
  std::filesystem::permissions(to, owner, error);
  std::vector<std::byte> piece(262'144);
  for (std::uint64_t at = 0; at < bytes.size();) {
    BELFRY_TRY(got, bytes.read(at, piece));
    if (got == 0) break;
    file.write(reinterpret_cast<const char*>(piece.data()), static_cast<std::streamsize>(got));
    at += got;
  }
  file.close();
  if (!file || error) return base::fail(base::Errc::io, "the recording cannot be copied");
  return {};
}

}  // namespace belfry::call
