#pragma once
#include <sys/types.h>

#include <memory>
#include <string>

namespace belfry::store::testing {

/// A PostgreSQL of the test's own: a new cluster in a temporary folder, reached by a socket there,
/// with a password. As root it runs as `nobody`, for PostgreSQL refuses root. Goes with the object,
/// and with the process however that ends.
class PostgresServer {
 public:
  PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  ~PostgresServer();

  void start();
  /// As an administrator does, or as a power cut does.
  void stop() { end(2); }
  void crash() { end(3); }

  std::string url(const std::string& database) const;
  const std::string& socket_folder() const { return folder_; }
  std::string data_folder() const { return folder_ + "/data"; }

  static constexpr const char* password = "s3cret:@/";

 private:
  void end(int signal);

  std::string folder_;
  pid_t process_ = 0;
};

/// A new database; dropped with the object. In the server that BELFRY_TEST_POSTGRES names (the URL
/// of a database of a superuser), or else in one that the first of them starts.
class PostgresDatabaseOfTest {
 public:
  /// @param options of CREATE DATABASE.
  explicit PostgresDatabaseOfTest(const std::string& options = {});
  explicit PostgresDatabaseOfTest(const PostgresServer& server);
  PostgresDatabaseOfTest(const PostgresDatabaseOfTest&) = delete;
  PostgresDatabaseOfTest& operator=(const PostgresDatabaseOfTest&) = delete;
  ~PostgresDatabaseOfTest();

  const std::string& url() const { return url_; }
  /// By a socket in another folder.
  std::string url_by(const std::string& socket_folder) const;
  /// On a connection of its own. @return the first column of the first row.
  std::string ask(const std::string& sql) const;

 private:
  PostgresDatabaseOfTest(std::string server_url, const std::string& options);

  std::string server_url_;
  std::string name_;
  std::string url_;
};

}  // namespace belfry::store::testing
