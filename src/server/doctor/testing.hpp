#pragma once
#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/loop.hpp"
#include "server/doctor/check.hpp"

/// A machine for the tests of checks: an empty folder, real loopback sockets.
namespace belfry::server::doctor {

struct TestMachine {
  TestMachine() {
    std::string path = std::filesystem::temp_directory_path() / "belfry-doctor-XXXXXX";
    folder = ::mkdtemp(path.data());
    config.data = folder + "/data";
    config.http.port = 0;
    config.http.extra_ports.clear();
    config.http.tls_port = 0;
    config.sip.port = 0;
  }
  TestMachine(const TestMachine&) = delete;
  TestMachine& operator=(const TestMachine&) = delete;
  ~TestMachine() {
    std::error_code error;
    std::filesystem::remove_all(folder, error);
  }

  std::string folder;
  Config config;
  base::SystemClock clock;
  base::Loop loop{clock};
  net::Driver driver{loop};
  base::SeededRandom random{7};
  Machine machine{config, driver, clock, random};
};

}  // namespace belfry::server::doctor
