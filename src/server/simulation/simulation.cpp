#include "server/simulation/simulation.hpp"

#include <filesystem>

#include "base/log.hpp"

namespace belfry::server::simulation {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view in_memory = ":memory:";
/// Own applications are called back through this path, where the simulation looks on.
constexpr std::string_view watched = "/watched";

/// As much of the data as a killed process leaves: the files as they are, without what it holds
/// in memory. The lock and the shared index of the log are no data.
void copy_database(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::filesystem::create_directories(to);
  for (const char* file : {"belfry.db", "belfry.db-wal"}) {
    if (std::filesystem::exists(from / file)) std::filesystem::copy_file(from / file, to / file);
  }
}

std::string time_or_dash(const std::optional<base::WallTime>& time) {
  return time ? base::to_rfc3339(*time) : "-";
}

std::string describe(const call::LegRecord& leg) {
  return leg.sid + " " + leg.from + " > " + leg.to + " " + std::string(to_string(leg.status)) +
         " created " + base::to_rfc3339(leg.created) + " answered " + time_or_dash(leg.answered) +
         " ended " + time_or_dash(leg.ended) + " (" + leg.end_reason + ") error " +
         std::to_string(leg.error_code) + "\n";
}

std::string describe(const call::EventRecord& event) {
  return "  " + std::to_string(event.seq) + " " + base::to_rfc3339(event.at) + " " + event.type +
         " " + base::json::serialize(event.data) + "\n";
}

}  // namespace

Config Simulation::quiet_config() {
  Config config;
  config.data = in_memory;
  config.calls.ring_timeout = 20s;
  config.sim.seed = 1;
  return config;
}

Simulation::Simulation(Settings settings)
    : settings_(std::move(settings)),
      random_(settings_.seed),
      keys_(identity::make_keys(random_)),
      folder_(settings_.config.data) {
  base::log::configure(base::log::Level::error, base::log::Format::text);
  if (settings_.config.http.public_url.empty()) {
    settings_.config.http.public_url = "http://belfry.test" + std::string(watched);
  }
  start();
}

Simulation::~Simulation() = default;

void Simulation::start() {
  process_ = std::make_unique<Process>(clock_);
  Process& process = *process_;
  store::Settings store;
  store.folder = folder_;
  store.mode = store::Settings::Mode::same_thread;
  process.store = store::open(std::move(store), process.loop).value();
  gateway::media::Plane::Settings media;
  media.drive = gateway::media::Plane::Settings::Drive::by_owner;
  process.media = std::make_unique<gateway::media::Plane>(process.loop, random_, media);
  process.pool = std::make_unique<base::WorkerPool>(process.loop, 0);
  speech::Synthesizer::Settings speech;
  speech.plain_voice = true;
  process.speech =
      std::make_unique<speech::Synthesizer>(process.loop, *process.pool, std::move(speech));
  process.recognizer = speech::PocketsphinxRecognizer::create(process.loop, *process.pool, {});
  process.client = web_.connect(process.loop);
  process.sockets = sockets_.connect(process.loop);
  process.system = std::make_unique<System>(
      Platform{
          process.loop, random_, *process.store, *process.media, *process.pool, *process.speech,
          *process.client, *process.sockets, nullptr, process.recognizer.get()
      },
      settings_.config, keys_
  );
  process.events = process.system->feed().subscribe(
      [this](const call::LegRecord& leg, const call::EventRecord& event) { note_event(leg, event); }
  );
  process.tasks.emplace(process.loop);
  watch_own_webhooks();
  const auto started = wait(process.system->start());
  if (!started) throw std::runtime_error("the server does not start: " + started.error().message);
}

void Simulation::watch_own_webhooks() {
  http::Router& router = process_->system->router();
  router.add("POST " + std::string(watched) + "/{path...}", [this, &router](http::Request request) {
    const std::string target = request.target.substr(watched.size());
    http::Request passed = http::Request::make(request.method, target, request.body);
    own_webhooks_.push_back(
        {clock_.wall_now(), passed.path, http::Form::parse(request.body).value_or(http::Form()),
         std::string(request.headers.get("I-Twilio-Idempotency-Token").value_or(""))}
    );
    passed.headers = std::move(request.headers);
    passed.remote = request.remote;
    return router.dispatch(std::move(passed));
  });
}

void Simulation::run_what_is_due() {
  Process& process = *process_;
  while (true) {
    process.loop.run_ready();
    const auto media = process.media->next_step();
    if (!media || *media > clock_.now()) return;
    process.media->step();
  }
}

bool Simulation::jump(base::Instant limit) {
  base::Instant next = limit;
  if (const auto due = process_->loop.next_due()) next = std::min(next, *due);
  if (const auto due = process_->media->next_step()) next = std::min(next, *due);
  clock_.advance_to(next);
  return next < limit;
}

void Simulation::run_for(base::Duration duration) {
  run_until([] { return false; }, duration);
}

bool Simulation::run_until(const std::function<bool()>& condition, base::Duration limit) {
  const base::Instant end = clock_.now() + limit;
  while (true) {
    run_what_is_due();
    if (condition()) return true;
    if (clock_.now() >= end) return false;
    jump(end);
  }
}

bool Simulation::settle(base::Duration limit) {
  const auto quiet = [this] {
    return system().switchboard().live_legs() == 0 && system().outbox().idle();
  };
  return run_until(quiet, limit);
}

http::Response Simulation::dispatch(http::Request request) {
  return wait(system().router().dispatch(std::move(request)));
}

http::Response Simulation::request(
    const std::string& method, const std::string& target, const std::string& body,
    const std::vector<std::pair<std::string, std::string>>& headers
) {
  http::Request request = http::Request::make(method, target, body);
  request.headers.set("Host", "127.0.0.1:8000");
  for (const auto& [name, value] : headers) request.headers.set(name, value);
  request.remote.ip = net::IpAddress::v4({127, 0, 0, 1});
  return dispatch(std::move(request));
}

void Simulation::crash_and_restart(base::Duration outage) {
  const std::filesystem::path data = settings_.config.data;
  const std::string next = (data / ("after-crash-" + std::to_string(++incarnation_))).string();
  copy_database(folder_, next);
  process_.reset();
  folder_ = next;
  clock_.advance(outage);
  start();
}

void Simulation::note_event(const call::LegRecord& leg, const call::EventRecord& event) {
  if (observer_) observer_(leg, event);
  if (planned_.events_left > 0 && --planned_.events_left == 0) crash_in(planned_.turns);
}

void Simulation::crash_in(int turns) {
  process_->loop.post([this, turns] {
    if (turns == 0) throw Crash();
    crash_in(turns - 1);
  });
}

bool Simulation::crash_at_event(
    int events, int turns, base::Duration outage, base::Duration limit
) {
  planned_ = {events, turns};
  try {
    run_for(limit);
  } catch (const Crash&) {
    crash_and_restart(outage);
    return true;
  }
  planned_ = {};
  return false;
}

std::vector<call::LegRecord> Simulation::legs() {
  std::vector<call::LegRecord> all;
  call::LegQuery query;
  query.limit = 500;
  while (true) {
    auto page = wait(process_->store->find_legs(query)).value();
    if (page.empty()) break;
    query.before_sid = page.back().sid;
    std::ranges::move(page, std::back_inserter(all));
  }
  std::ranges::reverse(all);
  return all;
}

std::vector<call::EventRecord> Simulation::events(const std::string& leg_sid) {
  return wait(process_->store->events_of(leg_sid)).value();
}

std::string Simulation::event_log() {
  std::string log;
  for (const call::LegRecord& leg : legs()) {
    log += describe(leg);
    for (const call::EventRecord& event : events(leg.sid)) log += describe(event);
  }
  return log;
}

std::vector<Simulation::OwnWebhook> Simulation::status_callbacks(const std::string& call_sid
) const {
  std::vector<OwnWebhook> found;
  for (const OwnWebhook& webhook : own_webhooks_) {
    if (webhook.path != "/notifications/call/status") continue;
    if (webhook.form.value_or("CallSid", "") == call_sid) found.push_back(webhook);
  }
  return found;
}

}  // namespace belfry::server::simulation
