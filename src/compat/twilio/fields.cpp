#include "compat/twilio/fields.hpp"

#include "compat/twilio/rendering.hpp"

namespace belfry::compat::twilio {
namespace {

constexpr std::size_t max_text = 1024;

base::json::value read(Parameters& parameters, const Field& field) {
  switch (field.kind) {
    case Field::Kind::text:
      return or_null(parameters.limited(field.parameter, max_text));
    case Field::Kind::url:
      return or_null(parameters.url(field.parameter, 21402));
    case Field::Kind::method:
      return base::json::value(parameters.method(field.parameter, "POST", 21403));
    case Field::Kind::application_sid:
      return or_null(parameters.sid(field.parameter, "AP"));
    case Field::Kind::flag:
      return parameters.flag(field.parameter);
  }
  return nullptr;
}

/// A fall-back stands in for something: an error where there is nothing.
void check_fallbacks(Parameters& parameters, const base::json::object& value) {
  const auto has = [&](const std::string& member) {
    const base::json::value* found = base::json::find(value, member);
    return found != nullptr && found->is_string() && !found->get_string().empty();
  };
  struct Fallback {
    const char* parameter;
    std::string kind;
    int code;
  };
  for (const auto& [parameter, kind, code] :
       {Fallback{"VoiceFallbackUrl", "voice", 21405}, Fallback{"SmsFallbackUrl", "sms", 21406}}) {
    const bool stands_in = has(kind + "_url") || has(kind + "_application_sid");
    if (parameters.has(parameter) && has(kind + "_fallback_url") && !stands_in)
      parameters.refuse(code);
  }
}

}  // namespace

void set_fields(Parameters& parameters, std::span<const Field> fields, base::json::object& value) {
  for (const Field& field : fields) value[field.member] = read(parameters, field);
  check_fallbacks(parameters, value);
}

void change_fields(
    Parameters& parameters, std::span<const Field> fields, base::json::object& value
) {
  for (const Field& field : fields)
    if (parameters.has(field.parameter)) value[field.member] = read(parameters, field);
  check_fallbacks(parameters, value);
}

}  // namespace belfry::compat::twilio
