#pragma once
#include <array>
#include <cstdint>
#include <string_view>

/// Character classes of RFC 3261 §25.1 as one table look-up each. Private to this folder.
namespace belfry::sip::characters {

enum Class : std::uint16_t {
  token = 1,        // alphanum -.!%*_+`'~
  unreserved = 2,   // alphanum -_.!~*'()
  user = 4,         // unreserved &=+$,;?/
  password = 8,     // unreserved &=+$,
  uri_param = 16,   // unreserved []/:&+$
  uri_header = 32,  // unreserved []/?:+$
  host = 64,        // alphanum -._ (the underline is in use, although RFC 1123 has none)
  value = 128,      // token and []:/@&$ : what header parameters hold unquoted
  digit = 256,
  alpha = 512,
  visible = 1024,  // 0x21..0x7E
  ipv6 = 2048,     // hex digits : .
  opaque = 4096,   // visible, but not <>" : what a URI of any scheme holds
};

inline constexpr auto table = [] {
  std::array<std::uint16_t, 256> classes{};
  const auto mark = [&](std::string_view text, unsigned bits) {
    for (const char character : text)
      classes[static_cast<unsigned char>(character)] |= static_cast<std::uint16_t>(bits);
  };
  constexpr unsigned alphanumeric =
      token | unreserved | user | password | uri_param | uri_header | host | value;
  for (unsigned character = 0x21; character < 0x7F; ++character)
    classes[character] |= visible | opaque;
  for (const unsigned char character : {'<', '>', '"'}) classes[character] = visible;
  mark("0123456789", alphanumeric | digit | ipv6);
  mark("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", alphanumeric | alpha);
  mark("abcdefABCDEF:.", ipv6);
  mark("-.!%*_+`'~", token | value);
  mark("-_.!~*'()", unreserved | user | password | uri_param | uri_header);
  mark("&=+$,;?/", user);
  mark("&=+$,", password);
  mark("[]/:&+$", uri_param);
  mark("[]/?:+$", uri_header);
  mark("-._", host);
  mark("[]:/@&$", value);
  return classes;
}();

constexpr bool is(char character, unsigned classes) {
  return (table[static_cast<unsigned char>(character)] & classes) != 0;
}
/// True for the empty text too.
constexpr bool all(std::string_view text, unsigned classes) {
  for (const char character : text)
    if (!is(character, classes)) return false;
  return true;
}
constexpr bool is_space(char character) {
  return character == ' ' || character == '\t';
}
constexpr bool is_control(char character) {
  return static_cast<unsigned char>(character) < 0x20 || character == 0x7F;
}
constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace belfry::sip::characters
