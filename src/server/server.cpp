#include "server/server.hpp"

#include <unistd.h>

#include <cstdio>

#include <csignal>

#include "base/log.hpp"
#include "net/self_signed.hpp"

namespace belfry::server {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t pool_threads = 2;
constexpr std::size_t listening_threads = 2;
constexpr base::Duration outbox_flush = 10s;
constexpr int exit_storage_failed = 74;  // EX_IOERR

[[noreturn]] void end_after_storage_failure(const std::string& message) {
  // Straight to the terminal: the log's thread may not come to write before the end.
  std::fputs(("belfry: the database failed, stopping: " + message + "\n").c_str(), stderr);
  // Rule R2: what is on disk is unknown now; nothing more may be promised.
  _exit(exit_storage_failed);
}

store::Settings store_settings(const Config& config) {
  store::Settings settings;
  settings.folder = config.data;
  settings.database_url = config.database_url;
  settings.on_fatal = end_after_storage_failure;
  return settings;
}

/// Rule D2: who can be reached by others must be able to ask who they are, and its administrator to
/// know the keys, which the first start shows.
base::Result<> check_listen_address(const Config& config, const net::IpAddress& address) {
  if (address.is_loopback()) return {};
  const std::string refusing = "refusing to listen on " + config.listen + ": ";
  if (!identity::load_keys(config.data))
    return base::fail(
        base::Errc::refused,
        refusing +
            "nobody could sign in, because this folder has no keys yet; start once on 127.0.0.1, "
            "which shows them (rule D2)"
    );
  if (address.is_unspecified())
    return base::fail(
        base::Errc::refused, refusing +
                                 "calls tell the address to the other side; name the one by which "
                                 "this machine is reached"
    );
  return {};
}

}  // namespace

Server::Server(const Config& config) : config_(config) {}

Server::~Server() = default;

base::Result<std::unique_ptr<Server>> Server::create(const Config& config) {
  // A file at its limit and a log whose reader has gone are errors of one write (rule R2), not the
  // end of the process.
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  std::unique_ptr<Server> server(new Server(config));
  BELFRY_TRY(local, net::IpAddress::parse(config.listen));
  BELFRY_CHECK(check_listen_address(config, local));
  server->local_ = local;
  BELFRY_CHECK(server->open_folder());
  BELFRY_CHECK(server->open_certificate());
  BELFRY_CHECK(server->open_egress());
  BELFRY_CHECK(server->open_sip());
  BELFRY_CHECK(server->open_http());
  return server;
}

base::Result<> Server::open_folder() {
  BELFRY_TRY(store, store::open(store_settings(config_), loop_));
  store_ = std::move(store);
  BELFRY_TRY(keys, identity::load_or_create_keys(config_.data, random_));
  keys_ = std::move(keys);
  return {};
}

base::Result<> Server::open_certificate() {
  net::CertificateFiles files{config_.tls.certificate, config_.tls.key};
  if (files.certificate.empty()) {
    BELFRY_TRY(
        own, net::ensure_self_signed(config_.data, config_.http.allowed_hosts, clock_.wall_now())
    );
    files = std::move(own);
  }
  BELFRY_TRY(context, net::TlsContext::server(files.certificate, files.key));
  tls_.emplace(std::move(context));
  return {};
}

base::Result<> Server::open_egress() {
  net::EgressPolicy::Settings settings;
  settings.allow_loopback = local_.is_loopback();  // and so is every listener then (rule W1)
  settings.allow = config_.webhook.allow;
  BELFRY_TRY(policy, net::EgressPolicy::create(std::move(settings)));
  egress_ = std::move(policy);
  std::optional<std::filesystem::path> extra_ca;
  if (!config_.webhook.ca_file.empty()) extra_ca = config_.webhook.ca_file;
  client_ = http::make_curl_client(driver_, egress_, {.extra_ca = extra_ca});
  BELFRY_TRY(
      sockets,
      http::make_websocket_client(driver_, random_, egress_, {.extra_ca = std::move(extra_ca)})
  );
  sockets_ = std::move(sockets);

  BELFRY_CHECK(open_cloud());
  gateway::media::Plane::Settings media;
  media.local = local_;
  media.ports = {config_.media.port_range.first, config_.media.port_range.last};
  media_ = std::make_unique<gateway::media::Plane>(loop_, random_, media);
  BELFRY_CHECK(open_browsers());
  pool_ = std::make_unique<base::WorkerPool>(loop_, pool_threads);
  speech::Synthesizer::Settings speech;
  speech.cache_directory = std::filesystem::path(config_.data) / "cache" / "speech";
  speech.memory_bytes = std::size_t{config_.speech.cache_mb} << 20U;
  speech_ = std::make_unique<speech::Synthesizer>(loop_, *pool_, std::move(speech));
  make_recognizer();
  system_ = std::make_unique<System>(
      Platform{
          loop_, random_, *store_, *media_, *pool_, *speech_, *client_, *sockets_, browsers_.get(),
          recognizer_.get(), cloud_client_.get()
      },
      config_, keys_.keys
  );
  return {};
}

/// On threads of its own: whoever is spoken to does not wait for those who are listened to.
void Server::make_recognizer() {
  if (config_.speech.recognition == Recognition::none) return;
  listening_pool_ = std::make_unique<base::WorkerPool>(loop_, listening_threads);
  speech::PocketsphinxRecognizer::Settings settings;
  settings.streams = config_.speech.listen_to;
  recognizer_ = speech::PocketsphinxRecognizer::create(loop_, *listening_pool_, settings);
  if (recognizer_ == nullptr)
    base::log::info("recognition.not_available", {{"why", "pocketsphinx-en-us is not installed"}});
}

base::Result<> Server::open_browsers() {
  gateway::webrtc::Gateway::Settings settings;
  settings.port = config_.webrtc.port;
  settings.tcp_port = config_.webrtc.tcp_port;
  for (const std::string& text : config_.webrtc.addresses) {
    BELFRY_TRY(address, net::IpAddress::parse(text));
    settings.local.push_back(address);
  }
  if (settings.local.empty()) settings.local.push_back(local_);
  for (const std::string& text : config_.webrtc.public_addresses) {
    BELFRY_TRY(address, net::IpAddress::parse(text));
    settings.advertised.push_back(address);
  }
  auto opened = gateway::webrtc::Gateway::open(random_, clock_.wall_now(), settings);
  if (!opened && settings.port != 0) {
    base::log::warning(
        "webrtc.port_taken", {{"port", settings.port}, {"why", opened.error().message}}
    );
    settings.port = 0;
    opened = gateway::webrtc::Gateway::open(random_, clock_.wall_now(), settings);
  }
  BELFRY_TRY(gateway, std::move(opened));
  browsers_ = std::move(gateway);
  browsers_->start(*media_);
  for (const sdp::WebRtcCandidate& candidate : browsers_->candidates()) {
    BELFRY_TRY(address, net::Address::from(candidate.address, candidate.port));
    const bool udp = candidate.transport == sdp::WebRtcCandidate::Transport::udp;
    note_listener(udp ? "webrtc-udp" : "webrtc-tcp", address);
  }
  return {};
}

std::string Server::address_of(std::string_view kind) const {
  const auto found = std::ranges::find(listening_, kind, &Listening::kind);
  return found == listening_.end() ? std::string() : found->address.to_string();
}

void Server::note_listener(std::string kind, const net::Address& address) {
  listening_.push_back({std::move(kind), address});
  egress_.add_listener(address);
}

base::Result<> Server::open_sip() {
  BELFRY_TRY(
      telephony,
      Telephony::open(
          {driver_, random_, *store_, *media_, egress_, *tls_}, config_, local_, keys_.keys
      )
  );
  telephony_ = std::move(telephony);
  telephony_->add_to(*system_);
  system_->sip_directory().on_logins([this](const std::vector<call::PhoneLogin>& logins) {
    std::vector<gateway::sip::PhoneSettings> phones;
    phones.reserve(logins.size());
    for (const call::PhoneLogin& login : logins) phones.push_back({login.user, login.password, {}});
    telephony_->gateway().set_added_phones(phones);
  });
  telephony_->gateway().set_door(system_->sip_directory().door());
  trunk_table_ =
      std::make_unique<StoredTrunks>(config_, telephony_->gateway(), system_->dial_plan());
  trunks_ = std::make_unique<admin::Trunks>(system_->switchboard(), *trunk_table_);
  trunks_->add_to(system_->router());
  connector_trunks_ = std::make_unique<ConnectorTrunks>(*trunk_table_, system_->dial_plan());
  system_->aws().chime_voice().connect(*connector_trunks_);
  for (const sip::Endpoint& listener : telephony_->listeners()) {
    BELFRY_TRY(address, net::Address::from(listener.address, listener.port));
    note_listener("sip-udp", address);
    if (telephony_->has_tcp()) note_listener("sip-tcp", address);
  }
  for (const sip::Endpoint& listener : telephony_->tls_listeners()) {
    BELFRY_TRY(address, net::Address::from(listener.address, listener.port));
    note_listener("sip-tls", address);
  }
  return {};
}

void Server::run() {
  driver_.on_signal([this](int) { on_signal(); });
  tasks_.spawn(begin());
  driver_.run();
}

base::Task<void> Server::begin() {
  const auto restored = co_await trunks_->restore();
  if (!restored) end_after_storage_failure(restored.error().message);
  const auto connected = co_await system_->aws().chime_voice().restore();
  if (!connected) end_after_storage_failure(connected.error().message);
  const auto started = co_await system_->start();
  if (!started) end_after_storage_failure(started.error().message);
  const auto reachable = co_await telephony_->start(*system_);
  if (!reachable) end_after_storage_failure(reachable.error().message);
  ready_ = true;
  watch_load();
  start_housekeeping();
  base::log::info("server.ready", {{"http", address_of("http")}});
}

void Server::start_housekeeping() {
  Housekeeping::Settings settings;
  settings.retention = {config_.retention.calls, config_.retention.deliveries};
  // They hold what webhooks were asked and answered.
  settings.documents.emplace_back(
      std::string(call::Notifications::collection), config_.retention.deliveries
  );
  for (const std::string_view collection : apps::kin::Calls::collections)
    settings.documents.emplace_back(std::string(collection), config_.retention.calls);
  settings.documents.emplace_back(std::string(call::Usage::collection), config_.retention.calls);
  for (const std::string_view collection : apps::take5::Application::call_collections)
    settings.documents.emplace_back(std::string(collection), config_.retention.calls);
  settings.documents.emplace_back(
      std::string(call::schedule::Occurrence::collection), config_.retention.calls
  );
  settings.documents.emplace_back(
      std::string(call::schedule::Job::collection), config_.retention.calls,
      std::string(call::schedule::live_jobs)
  );
  settings.documents.emplace_back(
      std::string(compat::aws::sns::message_collection), config_.retention.calls
  );
  settings.documents.emplace_back(
      std::string(compat::aws::chime_voice::deleted_numbers), std::chrono::days(7)
  );
  settings.documents.emplace_back(
      std::string(sinks::RecordingUploads::collection), config_.retention.recordings
  );
  settings.upkeep.emplace_back([this] { return system_->metrics().upkeep(); });
  settings.upkeep.emplace_back([this] { return system_->aws().upkeep(); });
  if (system_->simulator() != nullptr) {
    settings.heard_folder = std::filesystem::path(config_.data) / "sim" / "heard";
  }
  housekeeping_ = std::make_unique<Housekeeping>(loop_, *store_, *pool_, std::move(settings));
  housekeeping_->start();
}

void Server::watch_load() {
  Overload::Sources sources;
  sources.media = [this] { return Overload::MediaTicks{media_->ticks(), media_->late_ticks()}; };
  sources.store_age = [this] { return store_->queue_age(); };
  sources.memory = process_memory;
  overload_ = std::make_unique<Overload>(loop_, std::move(sources));
  if (!config_.calls.shed_load) return;  // it is still watched: the metric and the log tell
  const auto refuses = [this] { return overload_->refuses_calls(); };
  telephony_->set_overload_check(refuses);
  system_->switchboard().set_overload_check(refuses);
}

void Server::on_signal() {
  ++signals_;
  if (signals_ == 1) {
    tasks_.spawn(drain());
  } else {
    driver_.stop();
  }
}

base::Task<void> Server::drain() {
  base::log::info("server.draining", {{"calls", system_->switchboard().live_legs()}});
  ready_ = false;
  telephony_->drain();
  system_->switchboard().drain();
  const base::Instant deadline = loop_.now() + config_.drain_timeout;
  while (system_->switchboard().live_legs() > 0 && loop_.now() < deadline) {
    co_await base::sleep_for(loop_, 100ms);
  }
  system_->switchboard().hang_up_all(call::HangupCause::restart);
  co_await flush_outbox();
  co_await http_->stop(loop_.now() + 5s);
  driver_.stop();
}

base::Task<void> Server::flush_outbox() {
  const base::Instant deadline = loop_.now() + outbox_flush;
  co_await base::sleep_for(loop_, 100ms);
  while (!system_->outbox().idle() && loop_.now() < deadline) {
    co_await base::sleep_for(loop_, 50ms);
  }
}

}  // namespace belfry::server
