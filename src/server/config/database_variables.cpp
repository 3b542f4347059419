#include "server/config/database_variables.hpp"

#include "base/encoding.hpp"

namespace belfry::server {

std::optional<std::string> database_url_of(
    const std::function<const std::string*(std::string_view name)>& find_variable
) {
  const auto value_of = [&](std::string_view name, std::string_view otherwise) {
    const std::string* value = find_variable(name);
    return value == nullptr || value->empty() ? std::string(otherwise) : *value;
  };
  const std::string host = value_of("DB_HOST", "");
  if (host.empty()) return std::nullopt;
  const std::string password = value_of("DB_PASSWORD", "");
  const bool is_ipv6 = host.contains(':');
  std::string url = "postgresql://" + base::percent_encode(value_of("DB_USER", "postgres"));
  if (!password.empty()) url += ":" + base::percent_encode(password);
  url += "@" + (is_ipv6 ? "[" + host + "]" : base::percent_encode(host));
  url += ":" + base::percent_encode(value_of("DB_PORT", "5432"));
  url += "/" + base::percent_encode(value_of("DB_NAME", "take5"));
  return url;
}

}  // namespace belfry::server
