#pragma once
#include <functional>
#include <optional>
#include <string>

#include "base/loop.hpp"
#include "base/task.hpp"
#include "http/client.hpp"
#include "identity/sigv4.hpp"

namespace belfry::sinks {

/// Whose name we use at AWS, found as AWS's own clients do, the first that there is: the
/// configuration (or environment), a profile in a file, the endpoint of the container, that of the
/// instance (IMDSv2). Temporary ones are kept until five minutes before they expire. Control
/// thread.
class AwsCredentials {
 public:
  struct Settings {
    identity::sigv4::Credentials fixed;  // empty: look elsewhere
    std::string profile_file;            // path; empty: none
    std::string profile = "default";
    std::string container_url;    // whole; empty: this is no container
    std::string container_token;  // its Authorization; may be empty
    std::string instance_url;     // "http://169.254.169.254"; empty: this is no instance
  };
  /// @param environment `getenv`: nullptr for what is not set
  static Settings from_environment(
      identity::sigv4::Credentials fixed, std::string profile,
      const std::function<const char*(const char*)>& environment
  );

  AwsCredentials(base::Loop& loop, http::Client& client, Settings settings);

  /// @return Errc::unauthorized when there are none.
  base::Task<base::Result<identity::sigv4::Credentials>> get();

 private:
  using Found = base::Result<identity::sigv4::Credentials>;

  base::Task<Found> ask_container();
  base::Task<Found> ask_instance();
  base::Task<base::Result<std::string>> fetch(http::ClientRequest request);
  Found keep(const std::string& answer);

  base::Loop& loop_;
  http::Client& client_;
  Settings settings_;
  std::optional<identity::sigv4::Credentials> temporary_;
  base::WallTime good_until_{};
};

}  // namespace belfry::sinks
