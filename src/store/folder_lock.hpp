#pragma once
#include <string>
#include <utility>

#include "base/result.hpp"

namespace belfry::store {

/// Makes this process the only writer of a data folder (rule R6): an exclusive `flock` on
/// `<folder>/lock`, which holds our pid. The kernel frees it however the process ends.
class FolderLock {
 public:
  /// @return Errc::conflict with the pid of the holder in the message.
  static base::Result<FolderLock> take(const std::string& folder);

  FolderLock() = default;
  FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  FolderLock& operator=(FolderLock&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }
  ~FolderLock();

 private:
  explicit FolderLock(int file) : file_(file) {}
  int file_ = -1;
};

}  // namespace belfry::store
