#include "store/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/text.hpp"

namespace belfry::store {
namespace {

std::string read_pid(int file) {
  std::array<char, 32> text{};
  const ssize_t length = ::pread(file, text.data(), text.size(), 0);
  const std::string_view pid =
      base::trim({text.data(), length > 0 ? static_cast<std::size_t>(length) : 0});
  return pid.empty() ? "unknown" : std::string(pid);
}

bool write_pid(int file) {
  const std::string pid = std::to_string(::getpid()) + "\n";
  return ::ftruncate(file, 0) == 0 &&
         ::pwrite(file, pid.data(), pid.size(), 0) == static_cast<ssize_t>(pid.size());
}

}  // namespace

base::Result<FolderLock> FolderLock::take(const std::string& folder) {
  const std::string path = folder + "/lock";
  FolderLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (lock.file_ < 0)
    return base::fail(base::Errc::io, "cannot open " + path + ": " + std::strerror(errno));
  if (::flock(lock.file_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      return base::fail(base::Errc::io, "cannot lock " + path + ": " + std::strerror(errno));
    return base::fail(
        base::Errc::conflict,
        "the data folder " + folder + " is in use by the process with pid " + read_pid(lock.file_)
    );
  }
  if (!write_pid(lock.file_))
    return base::fail(base::Errc::io, "cannot write " + path + ": " + std::strerror(errno));
  return lock;
}

FolderLock::~FolderLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace belfry::store
