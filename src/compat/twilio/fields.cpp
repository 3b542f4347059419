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
    case Field::Kind::flag:
      return parameters.flag(field.parameter);
  }
  return nullptr;
}

}  // namespace

void set_fields(Parameters& parameters, std::span<const Field> fields, base::json::object& value) {
  for (const Field& field : fields) value[field.member] = read(parameters, field);
}

void change_fields(
    Parameters& parameters, std::span<const Field> fields, base::json::object& value
) {
  for (const Field& field : fields)
    if (parameters.has(field.parameter)) value[field.member] = read(parameters, field);
}

}  // namespace belfry::compat::twilio
