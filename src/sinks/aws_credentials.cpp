#include "sinks/aws_credentials.hpp"

#include <fstream>
#include <sstream>

#include "base/json.hpp"
#include "sinks/profile_file.hpp"

namespace belfry::sinks {
namespace {

using namespace std::chrono_literals;
using base::Errc;
using base::fail;
using base::Result;
using base::Task;

constexpr auto renewed_before = 5min;
constexpr base::Duration patience = 2s;
constexpr std::string_view container_host = "http://169.254.170.2";
constexpr std::string_view role_path = "/latest/meta-data/iam/security-credentials/";

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

http::ClientRequest ask(std::string url) {
  http::ClientRequest request;
  request.url = std::move(url);
  request.redirects = 0;
  request.connect_time = patience;
  request.total_time = patience;
  return request;
}

/// `2026-11-20T18:00:00Z`; far away when it is not that.
base::WallTime read_expiry(const base::json::value& answer, base::WallTime now) {
  const auto* text = base::json::find_string(answer, "Expiration");
  std::string compact;
  if (text != nullptr)
    for (const char each : *text)
      if (each != '-' && each != ':') compact += each;
  return identity::sigv4::parse_amz_date(compact).value_or(now + 1h);
}

}  // namespace

AwsCredentials::Settings AwsCredentials::from_environment(
    identity::sigv4::Credentials fixed, std::string profile,
    const std::function<const char*(const char*)>& environment
) {
  const auto get = [&](const char* name) {
    const char* value = environment(name);
    return std::string(value == nullptr ? "" : value);
  };
  Settings settings;
  settings.fixed = std::move(fixed);
  settings.fixed.session_token = get("AWS_SESSION_TOKEN");
  settings.profile = std::move(profile);
  settings.profile_file = get("AWS_SHARED_CREDENTIALS_FILE");
  if (settings.profile_file.empty() && !get("HOME").empty())
    settings.profile_file = get("HOME") + "/.aws/credentials";
  settings.container_url = get("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  const std::string relative = get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  if (!relative.empty()) settings.container_url = std::string(container_host) + relative;
  settings.container_token = get("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  const std::string token_file = get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  if (!token_file.empty()) settings.container_token = read_file(token_file);
  if (get("AWS_EC2_METADATA_DISABLED") == "true") return settings;
  settings.instance_url = get("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  if (settings.instance_url.empty()) settings.instance_url = "http://169.254.169.254";
  while (settings.instance_url.ends_with('/')) settings.instance_url.pop_back();
  return settings;
}

AwsCredentials::AwsCredentials(base::Loop& loop, http::Client& client, Settings settings)
    : loop_(loop), client_(client), settings_(std::move(settings)) {}

Task<Result<identity::sigv4::Credentials>> AwsCredentials::get() {
  const auto& fixed = settings_.fixed;
  if (!fixed.access_key_id.empty() && !fixed.secret_access_key.empty()) co_return fixed;
  if (!settings_.profile_file.empty()) {
    // Read each time: it is small, and whoever changes it expects that it counts.
    if (auto found = read_profile(read_file(settings_.profile_file), settings_.profile))
      co_return std::move(*found);
  }
  if (temporary_ && loop_.wall_now() < good_until_) co_return *temporary_;
  if (!settings_.container_url.empty()) co_return co_await ask_container();
  if (!settings_.instance_url.empty()) co_return co_await ask_instance();
  co_return fail(Errc::unauthorized, "no AWS credentials: no access key, profile or role");
}

Task<Result<std::string>> AwsCredentials::fetch(http::ClientRequest request) {
  auto answer = co_await client_.send(std::move(request));
  if (!answer) co_return fail(Errc::unauthorized, "no AWS credentials: " + answer.error().message);
  if (answer->status != 200)
    co_return fail(
        Errc::unauthorized, "no AWS credentials: status " + std::to_string(answer->status)
    );
  co_return std::move(answer->body);
}

Task<AwsCredentials::Found> AwsCredentials::ask_container() {
  http::ClientRequest request = ask(settings_.container_url);
  if (!settings_.container_token.empty())
    request.headers.set("Authorization", settings_.container_token);
  const auto answer = co_await fetch(std::move(request));
  if (!answer) co_return fail(answer.error());
  co_return keep(*answer);
}

Task<AwsCredentials::Found> AwsCredentials::ask_instance() {
  http::ClientRequest session = ask(settings_.instance_url + "/latest/api/token");
  session.method = "PUT";
  session.headers.set("X-aws-ec2-metadata-token-ttl-seconds", "21600");
  const auto token = co_await fetch(std::move(session));
  if (!token) co_return fail(token.error());
  http::ClientRequest asked = ask(settings_.instance_url + std::string(role_path));
  asked.headers.set("X-aws-ec2-metadata-token", *token);
  const auto role = co_await fetch(std::move(asked));
  if (!role) co_return fail(role.error());
  const std::string name = role->substr(0, role->find('\n'));
  http::ClientRequest request = ask(settings_.instance_url + std::string(role_path) + name);
  request.headers.set("X-aws-ec2-metadata-token", *token);
  const auto answer = co_await fetch(std::move(request));
  if (!answer) co_return fail(answer.error());
  co_return keep(*answer);
}

AwsCredentials::Found AwsCredentials::keep(const std::string& answer) {
  BELFRY_TRY(json, base::json::parse(answer));
  const auto* id = base::json::find_string(json, "AccessKeyId");
  const auto* secret = base::json::find_string(json, "SecretAccessKey");
  const auto* token = base::json::find_string(json, "Token");
  if (id == nullptr || secret == nullptr || token == nullptr)
    return fail(Errc::malformed, "the credentials endpoint answered without credentials");
  temporary_ = {std::string(*id), std::string(*secret), std::string(*token)};
  good_until_ = read_expiry(json, loop_.wall_now()) - renewed_before;
  return *temporary_;
}

}  // namespace belfry::sinks
