#include "identity/recording_vault.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "base/encoding.hpp"
#include "base/handle.hpp"

namespace belfry::identity {
namespace {

using base::Errc;
using base::fail;

constexpr std::size_t key_size = 32;
constexpr std::size_t tag_size = 16;
constexpr std::size_t piece_size = 64 * 1024;
constexpr std::size_t header_size = 16;
constexpr std::string_view magic = "BELFREC1";

using Header = std::array<std::byte, header_size>;
using CipherContext = base::Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

/// Closes itself.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

base::Error io_error(const char* what) {
  return {Errc::io, std::string("recording: ") + what + ": " + std::strerror(errno), errno};
}

/// @return how many bytes there were, or nothing and errno.
std::optional<std::size_t> read_at(int file, std::uint64_t at, std::span<std::byte> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    const ssize_t got =
        ::pread(file, into.data() + done, into.size() - done, static_cast<off_t>(at + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

bool write_all(int file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(file, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return true;
}

Header make_header(std::uint64_t size) {
  Header header{};
  std::ranges::copy(base::as_bytes(magic), header.begin());
  for (std::size_t i = 0; i < 8; ++i) header[8 + i] = static_cast<std::byte>(size >> (8 * i));
  return header;
}

unsigned char* raw(std::byte* bytes) {
  return reinterpret_cast<unsigned char*>(bytes);
}
const unsigned char* raw(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}

/// One key, one file. Keeps its cipher's context from piece to piece.
class PieceCipher {
 public:
  PieceCipher(std::vector<std::byte> key, const Header& header)
      : context_(EVP_CIPHER_CTX_new()), key_(std::move(key)), header_(header) {}

  /// @param into as long as `piece` and a tag
  bool seal(std::uint64_t number, std::span<const std::byte> piece, std::span<std::byte> into) {
    const auto nonce = nonce_of(number);
    int length = 0;
    const bool sealed =
        EVP_EncryptInit_ex(
            context_.get(), EVP_aes_256_gcm(), nullptr, raw(key_.data()), nonce.data()
        ) == 1 &&
        EVP_EncryptUpdate(context_.get(), nullptr, &length, raw(header_.data()), header_size) ==
            1 &&
        EVP_EncryptUpdate(
            context_.get(), raw(into.data()), &length, raw(piece.data()),
            static_cast<int>(piece.size())
        ) == 1 &&
        EVP_EncryptFinal_ex(context_.get(), raw(into.data()) + length, &length) == 1;
    return sealed &&
           EVP_CIPHER_CTX_ctrl(
               context_.get(), EVP_CTRL_GCM_GET_TAG, tag_size, raw(into.data()) + piece.size()
           ) == 1;
  }

  /// @param sealed with its tag. @return false when it was not sealed by this key, here.
  bool open(std::uint64_t number, std::span<std::byte> sealed, std::span<std::byte> into) {
    const auto nonce = nonce_of(number);
    const std::size_t size = sealed.size() - tag_size;
    int length = 0;
    return EVP_DecryptInit_ex(
               context_.get(), EVP_aes_256_gcm(), nullptr, raw(key_.data()), nonce.data()
           ) == 1 &&
           EVP_DecryptUpdate(context_.get(), nullptr, &length, raw(header_.data()), header_size) ==
               1 &&
           EVP_DecryptUpdate(
               context_.get(), raw(into.data()), &length, raw(sealed.data()), static_cast<int>(size)
           ) == 1 &&
           EVP_CIPHER_CTX_ctrl(
               context_.get(), EVP_CTRL_GCM_SET_TAG, tag_size, raw(sealed.data()) + size
           ) == 1 &&
           EVP_DecryptFinal_ex(context_.get(), raw(into.data()) + length, &length) == 1;
  }

 private:
  static std::array<unsigned char, 12> nonce_of(std::uint64_t number) {
    std::array<unsigned char, 12> nonce{};
    for (std::size_t i = 0; i < 8; ++i)
      nonce[11 - i] = static_cast<unsigned char>(number >> (8 * i));
    return nonce;
  }

  CipherContext context_;
  std::vector<std::byte> key_;
  Header header_;
};

class SealedBytes final : public call::RecordingBytes {
 public:
  SealedBytes(File file, std::uint64_t size, PieceCipher cipher)
      : file_(std::move(file)), size_(size), cipher_(std::move(cipher)) {}
  std::uint64_t size() const override { return size_; }

  base::Result<std::size_t> read(std::uint64_t at, std::span<std::byte> into) override {
    std::size_t done = 0;
    while (done < into.size() && at < size_) {
      BELFRY_CHECK(load(at / piece_size));
      const std::size_t inside = at % piece_size;
      const std::size_t count = std::min(into.size() - done, piece_.size() - inside);
      std::copy_n(
          piece_.begin() + static_cast<std::ptrdiff_t>(inside), count,
          into.begin() + static_cast<std::ptrdiff_t>(done)
      );
      done += count;
      at += count;
    }
    return done;
  }

 private:
  base::Result<> load(std::uint64_t number) {
    if (loaded_ == number) return {};
    loaded_.reset();
    const std::uint64_t begin = number * piece_size;
    piece_.resize(std::min<std::uint64_t>(piece_size, size_ - begin));
    sealed_.resize(piece_.size() + tag_size);
    const auto got = read_at(file_.get(), header_size + number * (piece_size + tag_size), sealed_);
    if (!got) return std::unexpected(io_error("read"));
    if (*got != sealed_.size() || !cipher_.open(number, sealed_, piece_))
      return fail(Errc::malformed, "the sealed recording is damaged");
    loaded_ = number;
    return {};
  }

  File file_;
  std::uint64_t size_;
  PieceCipher cipher_;
  std::vector<std::byte> sealed_, piece_;
  std::optional<std::uint64_t> loaded_;
};

/// A new name survives a power cut only when the folder is synced too.
bool sync_folder_of(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return file.get() >= 0 && ::fsync(file.get()) == 0;
}

base::Result<> write_sealed(
    int from, std::uint64_t size, int to, PieceCipher& cipher, const Header& header
) {
  if (!write_all(to, header)) return std::unexpected(io_error("seal"));
  std::vector<std::byte> piece(piece_size), sealed;
  for (std::uint64_t at = 0, number = 0; at < size; at += piece_size, ++number) {
    piece.resize(std::min<std::uint64_t>(piece_size, size - at));
    sealed.resize(piece.size() + tag_size);
    const auto got = read_at(from, at, piece);
    if (!got || *got != piece.size()) return std::unexpected(io_error("seal"));
    if (!cipher.seal(number, piece, sealed)) return fail(Errc::internal, "recording: cipher");
    if (!write_all(to, sealed)) return std::unexpected(io_error("seal"));
  }
  if (::fsync(to) != 0) return std::unexpected(io_error("fsync"));
  return {};
}

}  // namespace

std::string SealedRecordings::make_key() {
  std::array<std::byte, key_size> key{};
  random_.fill(key);
  return sealer_.seal(base::as_text(key), random_);
}

base::Result<> SealedRecordings::seal(
    const std::string& path, const std::string& sealed_path, const std::string& key
) const {
  BELFRY_TRY(opened, sealer_.open(key));
  const File from(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (from.get() < 0 || ::fstat(from.get(), &status) != 0) return std::unexpected(io_error("open"));
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const Header header = make_header(size);
  const auto bytes = base::as_bytes(opened);
  PieceCipher cipher({bytes.begin(), bytes.end()}, header);
  const File to(::open(sealed_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (to.get() < 0) return std::unexpected(io_error("seal"));
  auto written = write_sealed(from.get(), size, to.get(), cipher, header);
  if (written && !sync_folder_of(sealed_path)) written = std::unexpected(io_error("fsync"));
  ::unlink((written ? path : sealed_path).c_str());
  return written;
}

base::Result<std::unique_ptr<call::RecordingBytes>> SealedRecordings::open(
    const std::string& sealed_path, const std::string& key
) const {
  BELFRY_TRY(opened, sealer_.open(key));
  File file(::open(sealed_path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return fail(Errc::not_found, "the recording has no file");
  Header header{};
  const auto got = read_at(file.get(), 0, header);
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < 8; ++i)
    size |= std::to_integer<std::uint64_t>(header[8 + i]) << (8 * i);
  if (got != header_size || header != make_header(size) || opened.size() != key_size)
    return fail(Errc::malformed, "no sealed recording");
  const auto bytes = base::as_bytes(opened);
  PieceCipher cipher({bytes.begin(), bytes.end()}, header);
  return std::make_unique<SealedBytes>(std::move(file), size, std::move(cipher));
}

}  // namespace belfry::identity
