#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace belfry::admin {

/// A trunk as its owner describes it.
struct TrunkTerms {
  std::string name;
  std::string host;               // host[:port]; a name without port may have SRV records
  std::string transport = "udp";  // udp, tcp, tls
  std::string username;           // with `password`: digest
  std::string password;
  bool register_out = false;
  std::vector<std::string> prefixes;  // numbers that go out by it; "": all
  std::string caller_id;              // shown to those who are called by it; empty: the call's own
  std::uint32_t max_calls_per_second = 5;
  std::uint32_t max_channels = 30;
  std::uint32_t max_waiting = 100;  // calls for a free channel; more are refused
  std::string country;              // ISO 3166-1: whose national numbers these are; empty: nobody's
  std::string srtp = "off";         // off, optional, required
};

/// The trunks that run. Those of the configuration file are shown and not changed. Control thread;
/// `server/telephony` implements it.
class TrunkTable {
 public:
  struct Row {
    TrunkTerms terms;
    std::string carrier;  // its name in the dial plan and in calls
    std::string state;    // "up", "down", "resolving"; with register: "up, registered"
    std::size_t channels_in_use = 0;
    std::size_t calls_waiting = 0;       // for a free channel, or their turn within the second
    std::vector<std::string> addresses;  // that the host has
    bool from_file = false;
  };

  virtual ~TrunkTable() = default;
  virtual std::vector<Row> rows() const = 0;
  /// Runs it from now on. @return Errc::conflict when the name is taken, Errc::invalid_argument
  /// for a host or transport that cannot be.
  virtual base::Result<> add(const TrunkTerms& terms) = 0;
  /// No new calls by it; live ones go on. @return Errc::not_found, Errc::refused when it is of the
  /// configuration file.
  virtual base::Result<> remove(const std::string& name) = 0;
};

}  // namespace belfry::admin
