#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/task.hpp"
#include "sip/registrar.hpp"

namespace belfry::gateway::sip {

/// Where bindings outlive the process; the server adapts its store.
class BindingTable {
 public:
  virtual ~BindingTable() = default;
  /// These are the user's bindings from now on. Returns when that is on disk (rule R1).
  virtual base::Task<base::Result<>> replace(
      std::string user, std::vector<belfry::sip::Binding> bindings
  ) = 0;
};

/// The bindings in memory, in front of the table: at most 10 for each phone that is configured.
class Bindings final : public belfry::sip::BindingStore {
 public:
  /// At start: what the table holds of a user.
  void restore(const std::string& user, std::vector<belfry::sip::Binding> bindings);

  std::vector<belfry::sip::Binding> load(const std::string& user) override;
  void save(const std::string& user, const std::vector<belfry::sip::Binding>& bindings) override;

  /// Whether `save` was called since the last time that this was asked.
  bool take_changed() { return std::exchange(changed_, false); }
  /// A phone is registered over this connection.
  bool uses_connection(std::uint64_t connection, base::WallTime now) const;
  std::size_t count(base::WallTime now) const;

 private:
  std::map<std::string, std::vector<belfry::sip::Binding>> by_user_;
  bool changed_ = false;
};

}  // namespace belfry::gateway::sip
