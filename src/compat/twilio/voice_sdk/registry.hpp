#pragma once
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "compat/twilio/voice_sdk/device.hpp"

namespace belfry::compat::twilio::voice_sdk {

/// Which devices ring for an identity. Bindings live no longer than their sockets.
class Registry {
 public:
  /// As many as the cloud rings.
  static constexpr std::size_t rung_at_once = 10;

  void bind(Device& device) { devices_[key_of(device)].push_back(&device); }
  void unbind(Device& device) {
    for (auto entry = devices_.begin(); entry != devices_.end();) {
      std::erase(entry->second, &device);
      entry = entry->second.empty() ? devices_.erase(entry) : std::next(entry);
    }
  }
  /// Those that registered last, oldest first.
  std::vector<Device*> find(const std::string& account_sid, const std::string& identity) const {
    const auto found = devices_.find({account_sid, identity});
    if (found == devices_.end()) return {};
    const std::vector<Device*>& all = found->second;
    const std::size_t count = std::min(all.size(), rung_at_once);
    return {all.end() - static_cast<std::ptrdiff_t>(count), all.end()};
  }
  std::size_t identities() const { return devices_.size(); }

 private:
  using Key = std::pair<std::string, std::string>;  // account, identity
  static Key key_of(const Device& device) {
    return {device.token()->account_sid, device.token()->identity};
  }
  std::map<Key, std::vector<Device*>> devices_;
};

}  // namespace belfry::compat::twilio::voice_sdk
