#include "http/form.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace belfry::http {
namespace {

using base::Errc;
using base::fail;
using base::Result;

Result<std::string> decode(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  auto decoded = base::percent_decode(spaced);
  if (!decoded) return fail(Errc::malformed, "a form field has a broken percent escape");
  if (decoded->contains('\0') || !base::is_valid_utf8(*decoded))
    return fail(Errc::malformed, "a form field is not valid UTF-8 text");
  return std::move(*decoded);
}

}  // namespace

Result<Form> Form::parse(std::string_view text) {
  Form form;
  while (!text.empty()) {
    const std::string_view field = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(field.size() + 1, text.size()));
    if (field.empty()) continue;
    if (form.fields_.size() == max_fields)
      return fail(Errc::too_large, "form of more than 500 fields");
    const auto equals = field.find('=');
    BELFRY_TRY(name, decode(field.substr(0, equals)));
    BELFRY_TRY(
        value,
        decode(equals == std::string_view::npos ? std::string_view() : field.substr(equals + 1))
    );
    form.add(std::move(name), std::move(value));
  }
  return form;
}

std::optional<std::string_view> Form::get(std::string_view name) const {
  for (const auto& [field, value] : fields_)
    if (field == name) return value;
  return std::nullopt;
}

std::string Form::value_or(std::string_view name, std::string_view otherwise) const {
  return std::string(get(name).value_or(otherwise));
}

std::vector<std::string> Form::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [field, value] : fields_)
    if (field == name) values.push_back(value);
  return values;
}

void Form::add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

std::string Form::serialize() const {
  std::string text;
  for (const auto& [name, value] : fields_) {
    if (!text.empty()) text += '&';
    text += base::percent_encode(name) + "=" + base::percent_encode(value);
  }
  return text;
}

}  // namespace belfry::http
