#pragma once
#include <cstdint>
#include <string>
#include <string_view>

/// How the text of a message is cut into short messages. Pure; any thread.
namespace belfry::call {

enum class MessageAlphabet {
  gsm,   // GSM 03.38 (3GPP TS 23.038, 6.2.1): 7 bits a character, those of its extension table two
  ucs2,  // 16 bits a unit; a character beyond the basic plane takes two
};

struct MessageText {
  MessageAlphabet alphabet = MessageAlphabet::gsm;
  std::size_t characters = 0;  // code points
  std::size_t units = 0;       // septets, or UTF-16 units
  /// At least 1. One part holds 160 septets or 70 units; parts of a longer text 153 or 67, since
  /// each carries a header of 6 octets (3GPP TS 23.040, 9.2.3.24.1). No character is cut in two.
  std::size_t segments = 1;

  bool operator==(const MessageText&) const = default;
};

/// @param text UTF-8.
MessageText measure_message(std::string_view text);

/// What `SmartEncoded` asks for: typographic quotes, dashes, blanks and dots as the plain ones of
/// the GSM alphabet, so that a text pasted from an editor does not cost twice the segments.
std::string smart_encoded(std::string_view text);

/// The code point at `at`, and `at` moved behind it. The text is valid UTF-8.
char32_t next_code_point(std::string_view text, std::size_t& at);

}  // namespace belfry::call
