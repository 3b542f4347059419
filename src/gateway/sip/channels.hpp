#pragma once
#include <cstddef>
#include <memory>

namespace belfry::gateway::sip {

struct GiveChannelBack {
  void operator()(std::size_t* in_use) const { --*in_use; }
};
/// One of a trunk's channels while a call lasts. The trunk outlives it.
using Channel = std::unique_ptr<std::size_t, GiveChannelBack>;

inline Channel take_channel(std::size_t& in_use) {
  ++in_use;
  return Channel(&in_use);
}

}  // namespace belfry::gateway::sip
