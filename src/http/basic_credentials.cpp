#include "http/basic_credentials.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace belfry::http {

std::optional<Credentials> basic_credentials(const Request& request) {
  constexpr std::string_view scheme = "Basic ";
  const std::string_view header = request.headers.get("Authorization").value_or("");
  if (!base::equals_ignoring_case(header.substr(0, scheme.size()), scheme)) return std::nullopt;
  const auto bytes = base::from_base64(base::trim(header.substr(scheme.size())));
  if (!bytes) return std::nullopt;
  const std::string_view pair = base::as_text(*bytes);
  const auto colon = pair.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return Credentials{std::string(pair.substr(0, colon)), std::string(pair.substr(colon + 1))};
}

}  // namespace belfry::http
