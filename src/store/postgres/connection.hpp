#pragma once
#include <atomic>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/handle.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

struct pg_conn;
struct pg_result;

namespace belfry::store::postgres {

void finish(pg_conn* connection);
void clear(pg_result* result);
using ResultPtr = base::Handle<pg_result, clear>;

/// Whether libpq understands it. The message never holds the URL, which may hold a password.
base::Result<> check_url(const std::string& url);

/// One connection by libpq, without blocking calls: every wait has an end, in real time, for that
/// is what the server lives in. The session commits durably (rule R1), speaks UTF-8 and notices
/// within half a minute that the other side has gone. One thread. All throw what `raise` throws; a
/// connection that is lost stays so.
class Connection {
 public:
  /// @throws sql::DatabaseError: `lost` for what may pass, `fatal` for a server that cannot serve
  /// us.
  Connection(const std::string& url, const std::string& application_name);

  pg_conn* get() const { return connection_.get(); }
  /// Of the server's side.
  int process() const;

  /// One statement; text goes in for `$1`, `$2` … and comes out.
  ResultPtr ask(const std::string& sql, const std::vector<std::string>& texts = {});
  /// The first column of the first row; empty when there is none.
  std::string ask_text(const std::string& sql, const std::vector<std::string>& texts = {});

  /// Sends what libpq holds and takes what has come, until a result can be had without waiting.
  void wait_for_result();

  static constexpr std::chrono::milliseconds usual_patience{30'000};
  /// How long the server may be silent.
  void set_patience(std::chrono::milliseconds patience) { patience_ = patience; }
  /// Waiting ends with `lost` once it is true; it outlives the connection.
  void interrupt_when(const std::atomic<bool>& stop) { stop_ = &stop; }

 private:
  enum class For { reading, writing, both };
  void establish();
  void set_up_session();
  void wait(For what, base::Instant until) const;
  base::Instant deadline() const;

  base::Handle<pg_conn, finish> connection_;
  std::chrono::milliseconds patience_ = usual_patience;
  const std::atomic<bool>* stop_ = nullptr;
};

}  // namespace belfry::store::postgres
