#include "identity/keys.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/encoding.hpp"
#include "base/ids.hpp"
#include "base/json.hpp"

namespace belfry::identity {
namespace {

using base::Errc;
using base::Result;
using base::json::object;

constexpr std::string_view upper_alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
constexpr std::string_view alphanumeric =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view hex_digits = "0123456789abcdef";

std::string pick(std::string_view alphabet, std::size_t length, base::Random& random) {
  std::string text;
  for (std::size_t i = 0; i < length; ++i) text += alphabet[random.below(alphabet.size())];
  return text;
}

/// A descriptor that closes itself.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

std::unexpected<base::Error> io_failure(const std::string& what) {
  return base::fail(Errc::io, what + ": " + std::strerror(errno));
}

std::string path_of(const std::string& folder) {
  return folder + "/keys.json";
}

Result<std::string> read_private_file(const std::string& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) {
    if (errno == ENOENT) return base::fail(Errc::not_found, "there is no " + path);
    return io_failure("cannot open " + path);
  }
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return io_failure("cannot read " + path);
  if ((status.st_mode & 077) != 0)
    return base::fail(
        Errc::forbidden,
        path + " holds secrets and is open to other users; repair it with: chmod 600 " + path
    );
  std::string text(static_cast<std::size_t>(std::min<off_t>(status.st_size, 65'536)), '\0');
  const ssize_t length = ::read(file.get(), text.data(), text.size());
  if (length < 0) return io_failure("cannot read " + path);
  text.resize(static_cast<std::size_t>(length));
  return text;
}

Result<> write_private_file(const std::string& folder, const std::string& text) {
  const std::string part = path_of(folder) + ".part";
  const File file(::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file.is_open()) return io_failure("cannot make " + part);
  // A left-over part may have had another mode.
  if (::fchmod(file.get(), 0600) != 0 ||
      ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::fsync(file.get()) != 0)
    return io_failure("cannot write " + part);
  if (::rename(part.c_str(), path_of(folder).c_str()) != 0)
    return io_failure("cannot make " + path_of(folder));
  const File directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open() || ::fsync(directory.get()) != 0)
    return io_failure("cannot sync " + folder);
  return {};
}

std::string to_json(const Keys& keys) {
  object json;
  json["account_sid"] = keys.account_sid;
  json["auth_token"] = keys.auth_token;
  json["api_key_sid"] = keys.api_key_sid;
  json["api_key_secret"] = keys.api_key_secret;
  json["aws_access_key_id"] = keys.aws_access_key_id;
  json["aws_secret_access_key"] = keys.aws_secret_access_key;
  json["server_key"] = base::to_base64(keys.server_key);
  json["nonce_key"] = base::to_base64(keys.nonce_key);
  return base::json::serialize(json) + "\n";
}

/// Reads members of the file; remembers the first that is not as it should be.
class Reader {
 public:
  explicit Reader(const base::json::value& document) : document_(document) {}

  std::string text(std::string_view name) {
    const auto* found = base::json::find_string(document_, name);
    if (found == nullptr || found->empty()) {
      note(name);
      return {};
    }
    return std::string(*found);
  }
  std::string sid(std::string_view name, std::string_view prefix) {
    std::string value = text(name);
    if (!base::is_sid(value, prefix)) note(name);
    return value;
  }
  std::array<std::byte, 32> key(std::string_view name) {
    std::array<std::byte, 32> value{};
    const auto bytes = base::from_base64(text(name));
    if (bytes && bytes->size() == value.size())
      std::ranges::copy(*bytes, value.begin());
    else
      note(name);
    return value;
  }
  const std::string& wrong_member() const { return wrong_member_; }

 private:
  void note(std::string_view name) {
    if (wrong_member_.empty()) wrong_member_ = name;
  }
  const base::json::value& document_;
  std::string wrong_member_;
};

Result<Keys> from_json(const std::string& path, std::string_view text) {
  const auto document = base::json::parse(text);
  if (!document)
    return base::fail(Errc::malformed, path + " is no keys file: " + document.error().message);
  Reader reader(*document);
  Keys keys;
  keys.account_sid = reader.sid("account_sid", "AC");
  keys.auth_token = reader.text("auth_token");
  keys.api_key_sid = reader.sid("api_key_sid", "SK");
  keys.api_key_secret = reader.text("api_key_secret");
  keys.aws_access_key_id = reader.text("aws_access_key_id");
  keys.aws_secret_access_key = reader.text("aws_secret_access_key");
  keys.server_key = reader.key("server_key");
  keys.nonce_key = reader.key("nonce_key");
  if (!reader.wrong_member().empty())
    return base::fail(Errc::malformed, path + " has no valid " + reader.wrong_member());
  return keys;
}

}  // namespace

Keys make_keys(base::Random& random) {
  Keys keys;
  keys.account_sid = base::make_sid("AC", random);
  keys.auth_token = pick(hex_digits, 32, random);
  keys.api_key_sid = base::make_sid("SK", random);
  keys.api_key_secret = pick(alphanumeric, 32, random);
  keys.aws_access_key_id = "AKIA" + pick(upper_alphanumeric, 16, random);
  keys.aws_secret_access_key = pick(alphanumeric, 40, random);
  random.fill(keys.server_key);
  random.fill(keys.nonce_key);
  return keys;
}

Result<Keys> load_keys(const std::string& folder) {
  BELFRY_TRY(text, read_private_file(path_of(folder)));
  return from_json(path_of(folder), text);
}

Result<LoadedKeys> load_or_create_keys(const std::string& folder, base::Random& random) {
  auto loaded = load_keys(folder);
  if (loaded) return LoadedKeys{std::move(*loaded), false};
  if (loaded.error().code != Errc::not_found) return base::fail(std::move(loaded).error());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return io_failure("cannot make " + folder);
  Keys keys = make_keys(random);
  BELFRY_CHECK(write_private_file(folder, to_json(keys)));
  return LoadedKeys{std::move(keys), true};
}

}  // namespace belfry::identity
