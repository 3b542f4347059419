#include <filesystem>

#include "server/doctor/check.hpp"

namespace belfry::server::doctor {
namespace {

/// An hour of recorded audio is 58 MB; below this, a busy day could fill the disk.
constexpr std::uint64_t wanted_mib = 1024;

}  // namespace

Findings check_disk_space(Machine& machine) {
  const std::string subject = "disk space";
  const std::string folder = nearest_folder(machine.config);
  std::error_code error;
  const auto space = std::filesystem::space(folder, error);
  if (error) return {{subject, false, "cannot look at " + folder + ": " + error.message()}};
  const std::uint64_t free_mib = space.available >> 20U;
  const std::string found = std::to_string(free_mib) + " MiB free in " + folder;
  if (free_mib < wanted_mib)
    return {{subject, false, found + "; make room for " + std::to_string(wanted_mib) + " MiB"}};
  return {{subject, true, found}};
}

}  // namespace belfry::server::doctor
