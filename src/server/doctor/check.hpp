#pragma once
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "net/address.hpp"
#include "net/driver.hpp"
#include "server/config/config.hpp"

/// What `belfry doctor` looks at: one function per thing, each in a file of its own. They change
/// nothing that stays, block for seconds at most, and find out for themselves whether a server
/// runs.
namespace belfry::server::doctor {

struct Finding {
  std::string subject;  // "data folder"
  bool ok = true;
  std::string text;  // what was found; when not ok, what is wrong and what repairs it
};
using Findings = std::vector<Finding>;

/// All that a check may use.
struct Machine {
  const Config& config;
  net::Driver& driver;
  const base::Clock& clock;
  base::Random& random;
  base::Duration patience = std::chrono::seconds(2);  // with one trunk
};

Findings check_data_folder(Machine& machine);
Findings check_keys_file(Machine& machine);
Findings check_disk_space(Machine& machine);
Findings check_listen_address(Machine& machine);
Findings check_ports(Machine& machine);
Findings check_certificate(Machine& machine);
Findings check_clock(Machine& machine);
Findings check_voices(Machine& machine);
Findings check_media(Machine& machine);
Findings check_trunks(Machine& machine);

/// All of them, in that order.
Findings examine(Machine& machine);

/// The data folder, or the nearest folder above it that exists: where it would be made.
std::string nearest_folder(const Config& config);
/// The configured address, 127.0.0.1 when it cannot be read.
net::IpAddress listen_address(const Config& config);

}  // namespace belfry::server::doctor
