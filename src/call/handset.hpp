#pragma once
#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "call/endpoint.hpp"

/// A person at a telephone beyond our network: the telephone's sound goes to an endpoint of ours (a
/// page with the Voice SDK), its handset. A handset is no leg, and what it does has no record.
namespace belfry::call {

/// What a handset's token names as the application of its calls: the telephone dials. It has no
/// document, and belongs to no account.
inline constexpr std::string_view handset_application = "AP00000000000000000000000068736574";

/// `sim-<number>`, the identity of the handset of the telephone with that number; `h` stands for #,
/// which identities cannot have.
inline std::string handset_identity(std::string number) {
  std::ranges::replace(number, '#', 'h');
  return "sim-" + number;
}
/// Nothing when it is no handset's.
inline std::optional<std::string> telephone_of_handset(std::string_view identity) {
  constexpr std::string_view prefix = "sim-";
  if (!identity.starts_with(prefix)) return std::nullopt;
  std::string number(identity.substr(prefix.size()));
  std::ranges::replace(number, 'h', '#');
  return number;
}

/// The handsets that are there. Control thread.
class Handsets {
 public:
  virtual ~Handsets() = default;
  /// Somebody has the handset of that telephone.
  virtual bool has_handset(const std::string& number) const = 0;
  /// An endpoint that rings there when it is dialled. @param other whom the telephone talks to
  virtual std::unique_ptr<Endpoint> open_handset(
      const std::string& number, const std::string& other, EndpointListener& listener
  ) = 0;
};

/// The telephones that have them. Control thread.
class HandsetTelephones {
 public:
  /// The endpoint that somebody dials from; it is answered when the telephone's call is.
  using Open = std::function<std::unique_ptr<Endpoint>(EndpointListener& listener)>;

  virtual ~HandsetTelephones() = default;
  /// Somebody has taken the handset of that telephone: what goes on there goes on here from now on.
  virtual void on_handset(const std::string& number) = 0;
  /// Somebody dials with it. `open` is called before it returns, or never.
  /// @return Errc::conflict while the telephone is in a call, Errc::invalid_argument when `to` is
  /// no party
  virtual base::Result<> dial(
      const std::string& number, const std::string& to, const Open& open
  ) = 0;
};

}  // namespace belfry::call
