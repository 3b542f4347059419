#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace belfry::apps::take5 {

/// What a user, a participant or a text message is called by, in E.164. Ten digits of the North
/// American plan, with or without `1` or `+1` in front, in any punctuation. The area code begins
/// with 2 to 9 and nothing more is asked: the full plan would refuse the numbers that people use in
/// examples (555 1234567).
/// @param international whether `+` and another country's code are taken, too
std::optional<std::string> normalize_phone_number(std::string_view text, bool international);

/// What a user is kept with: exactly ten digits that such a number has.
bool is_ten_digit_number(std::string_view text);

}  // namespace belfry::apps::take5
