#include "store/testing_postgres.hpp"

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "store/postgres/connection.hpp"
#include "store/sql/database.hpp"

namespace belfry::store::testing {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration starts_within = 60s;

/// Debian's folders, the newest last; empty where the programs are in the PATH.
std::string program(const std::string& name) {
  std::string found = name;
  int newest = 0;
  std::error_code none;
  for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
    const std::string path = version.path().string() + "/bin/" + name;
    const int number = std::atoi(version.path().filename().c_str());
    if (number > newest && std::filesystem::exists(path)) {
      newest = number;
      found = path;
    }
  }
  return found;
}

const passwd* unprivileged() {
  return ::geteuid() == 0 ? ::getpwnam("nobody") : nullptr;
}

/// In the child, between fork and exec.
[[noreturn]] void become(const std::vector<std::string>& command, const std::string& log) {
  if (const passwd* user = unprivileged())
    if (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)
      ::_exit(126);
  // Set last: a change of user takes it away.
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (output < 0 || ::dup2(output, STDOUT_FILENO) < 0 || ::dup2(output, STDERR_FILENO) < 0)
    ::_exit(125);
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& each : command) arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

pid_t launch(const std::vector<std::string>& command, const std::string& log) {
  const pid_t child = ::fork();
  if (child == 0) become(command, log);
  return child;
}

std::string text_of(const std::string& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char each : text) {
    if (std::isalnum(static_cast<unsigned char>(each)) != 0 || each == '-' || each == '.') {
      encoded += each;
      continue;
    }
    char escape[4];
    std::snprintf(escape, sizeof escape, "%%%02X", static_cast<unsigned>(each) & 0xffU);
    encoded += escape;
  }
  return encoded;
}

/// That the databases of tests share.
const PostgresServer& shared_server() {
  static const PostgresServer server;
  return server;
}

std::string shared_url() {
  const char* given = std::getenv("BELFRY_TEST_POSTGRES");
  return given != nullptr ? std::string(given) : shared_server().url("postgres");
}

std::string new_name() {
  static int count = 0;
  return "test_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
}

}  // namespace

PostgresServer::PostgresServer() {
  std::string pattern = (std::filesystem::temp_directory_path() / "belfry-pg-XXXXXX").string();
  folder_ = ::mkdtemp(pattern.data());
  std::ofstream(folder_ + "/password") << password;
  if (const passwd* user = unprivileged())
    for (const std::string& path : {folder_, folder_ + "/password"})
      if (::chown(path.c_str(), user->pw_uid, user->pw_gid) != 0)
        throw std::runtime_error("cannot give " + path + " to " + user->pw_name);
  const std::string log = folder_ + "/initdb.log";
  const pid_t child = launch(
      {program("initdb"), "--pgdata=" + data_folder(), "--username=belfry", "--auth=scram-sha-256",
       "--pwfile=" + folder_ + "/password", "--encoding=UTF8", "--locale=C.UTF-8",
       "--data-checksums", "--no-sync"},
      log
  );
  int status = 0;
  ::waitpid(child, &status, 0);
  if (status != 0) throw std::runtime_error("initdb failed: " + text_of(log));
  start();
}

PostgresServer::~PostgresServer() {
  if (process_ != 0) crash();
  std::filesystem::remove_all(folder_);
}

void PostgresServer::start() {
  const std::string log = folder_ + "/postgres.log";
  process_ = launch(
      {program("postgres"), "-D", data_folder(), "-k", folder_, "-c", "listen_addresses=",
       // Processes are killed here, no machine loses its power.
       "-c", "fsync=off", "-c", "shared_buffers=16MB", "-c", "max_connections=30"},
      log
  );
  const base::Instant until = base::SystemClock().now() + starts_within;
  while (true) {
    try {
      const postgres::Connection connection(url("postgres"), "test");
      return;
    } catch (const sql::DatabaseError& error) {
      const bool ended = ::waitpid(process_, nullptr, WNOHANG) != 0;
      if (ended || base::SystemClock().now() > until)
        throw std::runtime_error("PostgreSQL does not start: " + error.message + text_of(log));
    }
    ::poll(nullptr, 0, 20);
  }
}

void PostgresServer::end(int signal) {
  ::kill(process_, signal);
  ::waitpid(process_, nullptr, 0);
  process_ = 0;
}

std::string PostgresServer::url(const std::string& database) const {
  return "postgresql://belfry:" + percent_encoded(password) + "@" + percent_encoded(folder_) + "/" +
         database;
}

PostgresDatabaseOfTest::PostgresDatabaseOfTest(const std::string& options)
    : PostgresDatabaseOfTest(shared_url(), options) {}
PostgresDatabaseOfTest::PostgresDatabaseOfTest(const PostgresServer& server)
    : PostgresDatabaseOfTest(server.url("postgres"), {}) {}

PostgresDatabaseOfTest::PostgresDatabaseOfTest(std::string server_url, const std::string& options)
    : server_url_(std::move(server_url)), name_(new_name()) {
  postgres::Connection connection(server_url_, "test");
  connection.ask("CREATE DATABASE " + name_ + options);
  const std::size_t path = server_url_.find('/', server_url_.find("://") + 3);
  const std::size_t parameters = std::min(server_url_.find('?'), server_url_.size());
  url_ = server_url_.substr(0, path + 1) + name_ + server_url_.substr(parameters);
}

PostgresDatabaseOfTest::~PostgresDatabaseOfTest() {
  try {
    postgres::Connection connection(server_url_, "test");
    connection.ask("DROP DATABASE " + name_ + " WITH (FORCE)");
  } catch (const sql::DatabaseError& error) {
    ADD_FAILURE() << "the test's database stays: " << error.message;
  }
}

std::string PostgresDatabaseOfTest::url_by(const std::string& socket_folder) const {
  const std::size_t host = url_.find('@') + 1;
  const std::size_t path = url_.find('/', host);
  return url_.substr(0, host) + percent_encoded(socket_folder) + url_.substr(path);
}

std::string PostgresDatabaseOfTest::ask(const std::string& sql) const {
  postgres::Connection connection(url_, "test");
  return connection.ask_text(sql);
}

}  // namespace belfry::store::testing
