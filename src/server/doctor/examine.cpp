#include "server/doctor/check.hpp"

namespace belfry::server::doctor {

Findings examine(Machine& machine) {
  constexpr std::array checks = {
      check_data_folder, check_keys_file, check_disk_space, check_listen_address, check_ports,
      check_certificate, check_clock,     check_voices,     check_media,          check_trunks,
  };
  Findings all;
  for (const auto& check : checks) {
    Findings found = check(machine);
    all.insert(
        all.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end())
    );
  }
  return all;
}

net::IpAddress listen_address(const Config& config) {
  return net::IpAddress::parse(config.listen).value_or(net::IpAddress::v4({127, 0, 0, 1}));
}

}  // namespace belfry::server::doctor
