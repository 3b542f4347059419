#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "identity/keys.hpp"
#include "server/doctor/check.hpp"

namespace belfry::server::doctor {

namespace fs = std::filesystem;

namespace {

constexpr mode_t others = 077;

bool is_in_memory(const Config& config) {
  return config.data == ":memory:";
}

bool may_write(const std::string& folder) {
  return ::access(folder.c_str(), R_OK | W_OK | X_OK) == 0;
}

std::string octal(mode_t mode) {
  std::string text = "0";
  for (const int shift : {6, 3, 0}) text += static_cast<char>('0' + ((mode >> shift) & 7U));
  return text;
}

}  // namespace

std::string nearest_folder(const Config& config) {
  std::error_code error;
  fs::path folder = fs::absolute(is_in_memory(config) ? "." : config.data, error);
  while (!fs::is_directory(folder, error) && folder.has_relative_path())
    folder = folder.parent_path();
  return folder.string();
}

Findings check_data_folder(Machine& machine) {
  const std::string subject = "data folder";
  const std::string& folder = machine.config.data;
  if (is_in_memory(machine.config)) return {{subject, true, "none: all is kept in memory"}};
  struct stat status{};
  if (::stat(folder.c_str(), &status) != 0) {
    if (errno != ENOENT)
      return {
          {subject, false,
           "cannot look at " + folder + ": " + std::strerror(errno) +
               "; choose another with --data DIR"}
      };
    const std::string parent = nearest_folder(machine.config);
    if (may_write(parent)) return {{subject, true, folder + " will be made at the first start"}};
    return {
        {subject, false,
         "cannot make " + folder + ": you may not write to " + parent +
             "; choose another with --data DIR"}
    };
  }
  if (!S_ISDIR(status.st_mode))
    return {{subject, false, folder + " is not a folder; choose another with --data DIR"}};
  if (!may_write(folder))
    return {{subject, false, "you may not write to " + folder + "; run Belfry as its owner"}};
  const mode_t mode = status.st_mode & 0777U;
  if ((mode & others) != 0)
    return {
        {subject, false,
         folder + " is open to other users (mode " + octal(mode) + "); repair it with: chmod 700 " +
             folder}
    };
  return {{subject, true, folder + ", mode " + octal(mode)}};
}

Findings check_keys_file(Machine& machine) {
  const std::string subject = "keys";
  std::error_code error;
  if (!fs::is_directory(machine.config.data, error))
    return {{subject, true, "will be made with the data folder"}};
  const auto keys = identity::load_keys(machine.config.data);
  if (keys) return {{subject, true, "of account " + keys->account_sid}};
  if (keys.error().code == base::Errc::not_found)
    return {{subject, true, "will be made at the first start"}};
  if (keys.error().code == base::Errc::malformed)
    return {
        {subject, false,
         keys.error().message + "; put back a copy of the file, or move it "
                                "away to get new keys"}
    };
  return {{subject, false, keys.error().message}};
}

}  // namespace belfry::server::doctor
