#pragma once
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/wait.hpp"
#include "server/simulation/socket_world.hpp"
#include "server/simulation/web_world.hpp"
#include "server/system.hpp"
#include "speech/pocketsphinx_recognizer.hpp"
#include "speech/synthesizer.hpp"

namespace belfry::server::simulation {

/// A whole server in one thread on virtual time: the same `System` as in a process, with the store,
/// speech and media plane driven from here. The clock jumps to whatever is due next, and everything
/// random comes from one seed: two runs with the same seed are the same, byte for byte.
class Simulation {
 public:
  struct Settings {
    std::uint64_t seed = 1;
    /// `data` is `:memory:` or a folder. A server that is to be crashed needs a folder.
    Config config = quiet_config();
  };
  /// In memory, with a ring time of 20 s.
  static Config quiet_config();

  explicit Simulation(Settings settings);
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;
  ~Simulation();

  System& system() { return *process_->system; }
  sim::PhoneNetwork& phones() { return *system().simulator(); }
  WebWorld& web() { return web_; }
  SocketWorld& sockets() { return sockets_; }
  const base::VirtualClock& clock() const { return clock_; }
  const identity::Keys& keys() const { return keys_; }
  const Config& config() const { return settings_.config; }

  void run_for(base::Duration duration);
  /// @return false when `limit` passed first.
  bool run_until(const std::function<bool()>& condition, base::Duration limit);
  /// Until every call is over and every promise is kept. @return false after `limit`.
  bool settle(base::Duration limit);

  /// Seats are still there: somebody's media goes on.
  bool media_is_busy() const { return process_->media->next_step().has_value(); }

  /// Through the router, as a client on the own machine.
  http::Response request(
      const std::string& method, const std::string& target, const std::string& body = {},
      const std::vector<std::pair<std::string, std::string>>& headers = {}
  );
  http::Response dispatch(http::Request request);
  template <class T>
  T wait(base::Task<T> task);

  /// Something that goes on beside, until it ends or the server is killed.
  void spawn(base::Task<void> task) { process_->tasks->spawn(std::move(task)); }
  base::Loop& loop() { return process_->loop; }

  /// Kills the server where it stands: what it had not yet written is lost, as by SIGKILL. Then
  /// `outage` passes, and another server starts on the same data.
  void crash_and_restart(base::Duration outage);
  /// The same in the middle of work: `turns` turns of the loop after the `events`th event of any
  /// call from now. @return false when there were no such events within `limit`; nothing crashed.
  bool crash_at_event(int events, int turns, base::Duration outage, base::Duration limit);

  // --- What happened ---

  /// Told of each event as it happens, in every process.
  void on_event(call::EventFeed::Listener observer) { observer_ = std::move(observer); }
  std::vector<call::LegRecord> legs();  // oldest first
  std::vector<call::EventRecord> events(const std::string& leg_sid);
  /// Every leg with every event, as text in a stable order.
  std::string event_log();
  /// What arrived at the applications of this server itself (status callbacks, documents), oldest
  /// first; kept over crashes.
  struct OwnWebhook {
    base::WallTime at;
    std::string path;
    http::Form form;
    std::string id;  // I-Twilio-Idempotency-Token
  };
  const std::vector<OwnWebhook>& own_webhooks() const { return own_webhooks_; }
  /// Of one call: `/notifications/call/status`.
  std::vector<OwnWebhook> status_callbacks(const std::string& call_sid) const;

 private:
  /// What dies with a process. Destroyed from the last to the first.
  struct Process {
    explicit Process(const base::Clock& clock) : loop(clock) {}
    base::Loop loop;
    std::unique_ptr<store::Store> store;
    std::unique_ptr<gateway::media::Plane> media;
    std::unique_ptr<base::WorkerPool> pool;
    std::unique_ptr<speech::Synthesizer> speech;
    std::unique_ptr<speech::PocketsphinxRecognizer> recognizer;
    std::unique_ptr<http::Client> client;
    std::unique_ptr<http::WebSocketClient> sockets;
    std::unique_ptr<System> system;
    call::EventFeed::Subscription events;
    std::optional<base::TaskGroup> tasks;
  };

  struct Crash {};  // leaves the loop where it stands
  struct PlannedCrash {
    int events_left = 0;  // 0: none is planned
    int turns = 0;
  };

  void start();
  void note_event(const call::LegRecord& leg, const call::EventRecord& event);
  void crash_in(int turns);
  void watch_own_webhooks();
  void run_what_is_due();
  /// Moves the clock to what is due next, at most to `limit`. @return false at `limit`.
  bool jump(base::Instant limit);

  Settings settings_;
  base::VirtualClock clock_;
  base::SeededRandom random_;
  identity::Keys keys_;
  WebWorld web_;
  SocketWorld sockets_;
  std::vector<OwnWebhook> own_webhooks_;
  call::EventFeed::Listener observer_;
  PlannedCrash planned_;
  std::unique_ptr<Process> process_;
  std::string folder_;   // where the data is now; changes with each crash
  int incarnation_ = 0;  // counts them
};

template <class T>
T Simulation::wait(base::Task<T> task) {
  std::optional<T> value;
  const auto keep = [](base::Task<T> waited, std::optional<T>& into) -> base::Task<void> {
    into.emplace(co_await std::move(waited));
  };
  base::Task<void> keeper = keep(std::move(task), value);
  process_->tasks->spawn(std::move(keeper));
  run_until([&] { return value.has_value(); }, std::chrono::hours(1));
  return std::move(value).value();
}

}  // namespace belfry::server::simulation
