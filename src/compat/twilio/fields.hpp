#pragma once
#include <span>
#include <string_view>

#include "base/json.hpp"
#include "compat/twilio/parameters.hpp"

namespace belfry::compat::twilio {

/// A parameter that is simply a member of a stored object.
struct Field {
  enum class Kind {
    text,             // null when empty
    url,              // likewise; checked
    method,           // GET or POST; POST when it was never given
    application_sid,  // null when empty; checked
    flag,
  };
  std::string_view parameter;  // "VoiceUrl"
  std::string_view member;     // "voice_url"
  Kind kind = Kind::text;
};

/// Gives every field its value or its default. 21405, 21406: a voice or SMS fall-back URL
/// without what it stands in for.
void set_fields(Parameters& parameters, std::span<const Field> fields, base::json::object& value);
/// Changes the fields that the request has; an empty one clears. Errors as above.
void change_fields(
    Parameters& parameters, std::span<const Field> fields, base::json::object& value
);

}  // namespace belfry::compat::twilio
