#pragma once
#include <stdlib.h>

#include <filesystem>
#include <string>

namespace belfry::server::simulation {

/// A data folder that goes with its test; in memory where there is such a place, since a killed
/// process needs no disk to lose nothing.
class DataFolder {
 public:
  DataFolder() {
    const std::filesystem::path memory = "/dev/shm";
    const auto parent =
        std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
    std::string pattern = (parent / "belfry-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;
  ~DataFolder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace belfry::server::simulation
