#pragma once
#include <string>
#include <string_view>

#include "http/client.hpp"
#include "sinks/aws_credentials.hpp"

namespace belfry::sinks {

/// Everything that a sink sends says so: a Belfry that receives it does not send it on.
inline constexpr std::string_view user_agent = "belfry-sink";

/// Asks AWS, or what stands in for it, with requests that are signed (SigV4). Control thread;
/// outlives its tasks.
class AwsClient {
 public:
  struct Settings {
    std::string region = "us-east-1";
    std::string endpoint_url;  // "http://127.0.0.1:4568"; empty: AWS
  };
  AwsClient(base::Loop& loop, http::Client& client, AwsCredentials& credentials, Settings settings)
      : loop_(loop), client_(client), credentials_(credentials), settings_(std::move(settings)) {}

  struct Request {
    std::string service;  // as it is signed: "sns", "monitoring", "s3"
    std::string method = "POST";
    std::string path = "/";  // percent-encoded
    std::string query = {};
    std::string content_type = {};
    http::Headers headers = {};
    std::string body = {};
    /// Hex SHA-256 of the body, of a large one made on the pool; empty: it is small.
    std::string body_hash = {};
    std::string invocation = {};  // the same in every attempt to do this once
    base::Duration total_time = std::chrono::seconds(15);
  };
  /// A status of 400 or more is an answer, not an error.
  base::Task<base::Result<http::ClientResponse>> send(Request request);

 private:
  std::string origin_of(const std::string& service) const;

  base::Loop& loop_;
  http::Client& client_;
  AwsCredentials& credentials_;
  Settings settings_;
};

/// Trying again may help: no answer, an overload, a failure of the other side.
bool is_worth_repeating(const base::Result<http::ClientResponse>& answer);

/// It asks for fewer requests, whatever status it says that with: some services use 400.
bool is_throttled(const http::ClientResponse& answer);

/// The text of the first `<name>` at or behind `from`, as it stands there. Empty: there is none.
std::string_view xml_element(std::string_view xml, std::string_view name, std::size_t from = 0);

}  // namespace belfry::sinks
