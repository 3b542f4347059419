#include "call/party.hpp"

namespace belfry::call {
namespace {

constexpr std::size_t max_address = 256;

bool is_telephone(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && text.size() <= 15 && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || c == '*' || c == '#';
  });
}

/// Without parameters and visual separators (RFC 3966 section 3).
base::Result<Party> telephone_of(std::string_view uri) {
  std::string number(uri.substr(0, uri.find(';')));
  std::erase_if(number, [](char c) { return c == '-' || c == '.' || c == '(' || c == ')'; });
  if (is_telephone(number)) return Party{Party::Kind::telephone, std::move(number)};
  return base::fail(base::Errc::invalid_argument, "no telephone number in the tel: URI");
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != 0x7F;
  });
}

}  // namespace

base::Result<Party> Party::parse(std::string_view text) {
  if (text.starts_with("tel:")) return telephone_of(text.substr(4));
  if (is_telephone(text)) return Party{Kind::telephone, std::string(text)};
  for (const auto& [scheme, kind] :
       {std::pair{"sip:", Kind::sip}, std::pair{"sips:", Kind::sip},
        std::pair{"client:", Kind::client}, std::pair{"app:", Kind::application}}) {
    if (!text.starts_with(scheme)) continue;
    const std::string_view address = text.substr(std::string_view(scheme).size());
    if (address.empty() || address.size() > max_address || !is_printable(address)) break;
    // The scheme is part of the promise and stays with the address.
    if (text.starts_with("sips:")) return Party{kind, std::string(text)};
    return Party{kind, std::string(address)};
  }
  return base::fail(
      base::Errc::invalid_argument, "neither a telephone number, a sip: URI nor a client: name"
  );
}

std::string Party::to_string() const {
  switch (kind) {
    case Kind::telephone:
      return address;
    case Kind::sip:
      return address.starts_with("sips:") ? address : "sip:" + address;
    case Kind::client:
      return "client:" + address;
    case Kind::application:
      return "app:" + address;
  }
  return address;
}

}  // namespace belfry::call
