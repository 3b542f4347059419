#pragma once
#include <atomic>
#include <string>
#include <thread>

namespace belfry::store::testing {

/// Stands between a store and PostgreSQL, and cuts the connection at the worst moment on command.
class CuttingProxy {
 public:
  /// `server` and `listen` are folders with PostgreSQL's socket in them.
  CuttingProxy(std::string server, const std::string& listen);
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;
  ~CuttingProxy();

  enum class Cut {
    never,
    before_the_next_request,        // what the store sends does not arrive
    before_the_answer_to_a_commit,  // it is written, and nobody is told
  };
  /// Once; from then on new connections pass.
  void cut(Cut when) { cut_ = when; }
  int cuts() const { return cuts_; }
  /// From the next cut on nobody gets through.
  void stay_closed(bool closed) { stays_closed_ = closed; }

 private:
  void run();
  void pass_on(int client);
  bool shall_cut(bool from_server, std::string_view bytes);

  const std::string server_;
  int listener_ = -1;
  int stop_ = -1;
  std::atomic<Cut> cut_ = Cut::never;
  std::atomic<int> cuts_ = 0;
  std::atomic<bool> stays_closed_ = false;
  std::thread thread_;
};

}  // namespace belfry::store::testing
