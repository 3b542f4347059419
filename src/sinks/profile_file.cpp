#include "sinks/profile_file.hpp"

#include "base/text.hpp"

namespace belfry::sinks {

std::optional<identity::sigv4::Credentials> read_profile(
    std::string_view text, std::string_view profile
) {
  identity::sigv4::Credentials found;
  bool inside = false;
  for (const std::string_view raw : base::split(text, '\n')) {
    const std::string_view line = base::trim(raw);
    if (line.empty() || line[0] == '#' || line[0] == ';') continue;
    if (line[0] == '[') {
      inside = base::trim(line.substr(1, line.find(']') - 1)) == profile;
      continue;
    }
    const auto equals = line.find('=');
    if (!inside || equals == std::string_view::npos) continue;
    const std::string_view name = base::trim(line.substr(0, equals));
    const std::string_view value = base::trim(line.substr(equals + 1));
    if (name == "aws_access_key_id") found.access_key_id = value;
    if (name == "aws_secret_access_key") found.secret_access_key = value;
    if (name == "aws_session_token") found.session_token = value;
  }
  if (found.access_key_id.empty() || found.secret_access_key.empty()) return std::nullopt;
  return found;
}

}  // namespace belfry::sinks
