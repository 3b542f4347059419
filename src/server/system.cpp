#include "server/system.hpp"

#include <filesystem>

#include "base/log.hpp"
#include "server/version.hpp"

namespace belfry::server {
namespace {

identity::TwilioSigner make_signer(const Config& config, const identity::Keys& keys) {
  return identity::TwilioSigner(config.twilio.auth_token.value_or(keys.auth_token));
}

WebClient::Settings web_settings(const Config& config, const identity::Accounts& accounts) {
  WebClient::Settings settings{accounts, std::nullopt};
  if (config.flux.webhook_secret.empty()) return settings;
  auto secrets = identity::WebhookSecrets::parse({config.flux.webhook_secret});
  if (secrets) {
    settings.standard = std::move(*secrets);
  } else {
    base::log::error("config.webhook_secret", {{"why", secrets.error().message}});
  }
  return settings;
}

identity::Accounts::Settings account_settings(const Config& config, const identity::Keys& keys) {
  identity::Account main;
  main.sid = config.twilio.account_sid.value_or(keys.account_sid);
  main.auth_token = config.twilio.auth_token.value_or(keys.auth_token);
  main.friendly_name = "Belfry";
  identity::ApiKey key;
  key.sid = keys.api_key_sid;
  key.account_sid = main.sid;
  key.secret = keys.api_key_secret;
  key.friendly_name = "Made at the first start";
  key.administers = true;
  return {std::move(main), std::move(key)};
}

bool simulator_is_on(const Config& config) {
  switch (config.simulator) {
    case Switch::on:
      return true;
    case Switch::off:
      return false;
    case Switch::automatic:
      return config.trunks.empty();
  }
  return false;
}

}  // namespace

System::System(Platform platform, const Config& config, const identity::Keys& keys)
    : platform_(platform),
      router_(platform.loop),
      accounts_(
          platform.loop, platform.store, platform.random, identity::Sealer(keys.server_key),
          account_settings(config, keys)
      ),
      web_(platform.loop, platform.client, router_, web_settings(config, accounts_)),
      sockets_(platform.sockets, accounts_),
      outbox_(platform.loop, platform.store, web_),
      metrics_(platform.loop, platform.store),
      sealer_(keys.server_key),
      sip_directory_(
          platform.store, phone_programs_,
          [this](std::string_view sealed) { return sealer_.open(sealed); }
      ),
      validations_(
          {platform.loop, platform.random, platform.store, outbox_, platform.speech,
           std::string(default_number)}
      ),
      media_files_(web_, platform.pool),
      media_streams_(platform.loop, sockets_),
      siprec_(platform.loop),
      live_transcriptions_(platform.loop),
      twiml_(
          {web_, platform.speech, media_files_, platform.random, config.speech.voice,
           &media_streams_, &siprec_, &live_transcriptions_}
      ),
      side_documents_({web_, platform.speech, media_files_, platform.random, config.speech.voice}),
      conferences_(
          {platform.loop, platform.random, platform.store, platform.media, outbox_,
           &side_documents_, nullptr}
      ),
      queues_(platform.loop, platform.random, platform.store),
      application_calls_(platform.loop, platform.random, platform.media),
      media_links_(keys.server_key),
      tasks_(platform.loop) {
  make_accounting(config);
  read_dial_plan(config);
  read_numbers(config);
  make_simulator(config);
  make_recordings(config, keys);
  make_browsers(config);
  call::Services services{
      platform.loop,
      platform.random,
      platform.store,
      platform.media,
      dial_plan_,
      numbers_,
      feed_,
      outbox_,
      callback_format_,
      config.twilio.account_sid.value_or(keys.account_sid),
      nullptr,
      {},
  };
  services.destinations = destinations_.get();
  services.phone_programs = &phone_programs_;
  services.notifications = problems_.get();
  services.programs.emplace(twiml_.kind(), &twiml_);
  services.programs.emplace(bridge_.kind(), &bridge_);
  services.programs.emplace(validations_.kind(), &validations_);
  services.recordings = recordings_.get();
  services.recognizer = platform_.recognizer;
  services.transcriptions = transcriptions_.get();
  services.programs.emplace(conferences_.kind(), &conferences_);
  services.conferences = &conferences_;
  conferences_.connect(*recordings_);
  conferences_.set_most_per_account(config.calls.conferences_per_account);
  services.queues = &queues_;
  services.directory = directory_.get();
  make_sinks(config);
  make_messaging(config);
  services.messages = &messaging_->messages();
  switchboard_ = std::make_unique<call::Switchboard>(
      std::move(services), call::Switchboard::Limits{.live_legs = config.calls.max_live}
  );
  recordings_->connect(*switchboard_);
  show_recordings();
  if (simulator_) simulator_->connect(*switchboard_);
  browsers_->connect(*switchboard_);
  validations_.connect(*switchboard_);
  scheduling_ = std::make_unique<Scheduling>(Scheduling::Parts{
      platform_.loop, platform_.random, platform_.store, *switchboard_, *problems_, router_,
      keys.account_sid, std::string(default_number)
  });
  make_flux(config, make_signer(config, keys));
  make_kin(config, keys);
  make_take5(config);
  follow_recordings();
  make_admin(config);
  if (simulator_) make_handsets(keys);
  make_settings();
  make_twilio(config);
  make_aws(config, keys);
}

System::~System() {
  conferences_.abandon();
  queues_.abandon();
}

void System::read_dial_plan(const Config& config) {
  dial_plan_.set_applications(&application_calls_);
  for (const RouteConfig& route : config.routes) {
    dial_plan_.add_route({route.prefix, route.trunk, route.caller_id, route.priority, route.weight}
    );
  }
  for (const PhoneConfig& phone : config.phones) {
    if (!phone.number.empty()) dial_plan_.assign(phone.number, phone.user);
  }
}

void System::read_numbers(const Config& config) {
  for (const NumberConfig& number : config.numbers) {
    base::json::object value;
    if (!number.twiml.empty()) value["twiml"] = number.twiml;
    if (!number.voice_url.empty()) value["voice_url"] = number.voice_url;
    value["voice_method"] = number.voice_method == Method::get ? "GET" : "POST";
    if (!number.fallback_url.empty()) value["voice_fallback_url"] = number.fallback_url;
    if (!number.status_callback.empty()) value["status_callback"] = number.status_callback;
    if (!number.sms_url.empty()) value["sms_url"] = number.sms_url;
    value["sms_method"] = number.sms_method == Method::get ? "GET" : "POST";
    if (!number.sms_fallback_url.empty()) value["sms_fallback_url"] = number.sms_fallback_url;
    directory_->configure(number.number, std::move(value));
  }
}

/// What accounts have and use: their numbers, where they may call, what went wrong, what it came
/// to.
void System::make_accounting(const Config& config) {
  directory_ = std::make_unique<call::NumberDirectory>(
      call::NumberDirectory::Environment{platform_.loop, platform_.store, numbers_},
      accounts_.main().sid
  );
  usage_ = std::make_unique<call::Usage>(platform_.loop, platform_.store);
  usage_->watch(feed_, [this](const call::LegRecord& leg) {
    const auto party = call::Party::parse(leg.to);
    return party && dial_plan_.serves_by_trunk(*party);
  });
  problems_ = std::make_unique<call::Notifications>(
      call::Notifications::Environment{platform_.loop, platform_.random, platform_.store}
  );
  problems_->watch(outbox_);
  call::DestinationPolicy::Settings settings;
  settings.allowed_countries = config.calls.allowed_countries;
  settings.calls_at_once = config.calls.trunk_calls_at_once;
  settings.calls_a_day = config.calls.trunk_calls_a_day;
  settings.minutes_a_day = config.calls.trunk_minutes_a_day;
  settings.calls_to_one_number_an_hour = config.calls.calls_to_one_number_an_hour;
  destinations_ = std::make_unique<call::DestinationPolicy>(
      platform_.loop, dial_plan_, *usage_, std::move(settings)
  );
}

void System::make_simulator(const Config& config) {
  if (!simulator_is_on(config)) return;
  sim::World world{platform_.loop, platform_.media, platform_.speech, {}, {}, config.sim.seed, {}};
  if (config.data != ":memory:") {
    const std::filesystem::path folder = std::filesystem::path(config.data) / "sim";
    std::error_code error;
    std::filesystem::create_directories(folder / "heard", error);
    std::filesystem::create_directories(folder / "audio", error);
    world.heard_folder = folder / "heard";
    world.audio_folder = folder / "audio";
  }
  simulator_ = std::make_unique<sim::PhoneNetwork>(std::move(world));
  dial_plan_.set_fallback(simulator_.get());
  for (const SimulatedPhoneConfig& phone : config.sim.phones) {
    auto behaviour = sim::Behaviour::from_json(phone.behaviour);
    if (behaviour) {
      simulator_->phone(phone.number).set_behaviour(std::move(*behaviour));
    } else {
      base::log::error("config.sim_phone", {{"why", behaviour.error().message}});
    }
  }
}

void System::make_messaging(const Config& config) {
  messaging_ = std::make_unique<Messaging>(
      Messaging::Parts{
          platform_.loop, platform_.random, platform_.pool, platform_.store, outbox_, web_, router_,
          *directory_, *destinations_, *usage_, *problems_, simulator_.get(),
          sinks_ ? sinks_->message_carrier() : nullptr
      },
      config
  );
}

void System::make_admin(const Config& config) {
  const auto listen = net::IpAddress::parse(config.listen);
  const bool others_reach_us = !listen || !listen->is_loopback();  // rule D2
  access_ = std::make_unique<admin::Access>(
      platform_.loop, platform_.random, accounts_,
      admin::Access::Settings{others_reach_us || config.http.require_sign_in}
  );
  access_->add_to(router_);
  calls_ = std::make_unique<admin::Calls>(
      *switchboard_, admin::Calls::Settings{std::string(default_number)}
  );
  calls_->add_to(router_);
  live_events_ = std::make_unique<admin::LiveEvents>(platform_.loop, feed_, simulator_.get());
  live_events_->add_to(router_);
  if (simulator_) {
    simulator_control_ =
        std::make_unique<admin::Simulator>(platform_.loop, *simulator_, platform_.pool);
    simulator_control_->add_to(router_);
  }
  openapi_ = std::make_unique<admin::OpenApi>(version());
  openapi_->add_to(router_);
  take5_->on_change([this](const apps::take5::CallRecord& call) {
    if (live_events_->listeners() > 0)
      live_events_->publish("take5", call.render_summary(platform_.loop.wall_now()));
  });
  notifications_->on_change([this](const std::string& call_sid) {
    if (live_events_->listeners() > 0) tasks_.spawn(show_notification(call_sid));
  });
}

void System::make_twilio(const Config& config) {
  compat::twilio::Context context{
      .loop = platform_.loop,
      .random = platform_.random,
      .switchboard = *switchboard_,
      .accounts = accounts_,
      .directory = *directory_,
      .usage = *usage_,
      .validations = validations_,
      .sip = sip_directory_,
      .sealer = sealer_,
      .simulator_is_on = simulator_ != nullptr,
      .max_duration = config.calls.max_duration,
      .streams = &media_streams_,
      .siprec = &siprec_,
      .transcriptions = &live_transcriptions_,
      .ice_servers = {config.webrtc.stun_urls, config.webrtc.turn_urls, config.webrtc.turn_secret},
      .links = &media_links_,
      .browsers = browsers_.get(),
  };
  twilio_rest_ = std::make_unique<compat::twilio::Resources>(context, router_);
}

void System::make_browsers(const Config& config) {
  using compat::twilio::voice_sdk::Signalling;
  browsers_ = std::make_unique<Signalling>(Signalling::Environment{
      platform_.loop,
      platform_.random,
      accounts_,
      *directory_,
      platform_.store,
      outbox_,
      platform_.media,
      {config.twilio.edge, config.twilio.region, config.twilio.home}
  });
  dial_plan_.set_clients(browsers_.get());
  const auto serve = [this](http::WebSocket& socket, http::Request request) {
    return browsers_->serve(socket, std::move(request));
  };
  browsers_->set_peers(platform_.browsers);
  router_.add_websocket("/signal", serve, Signalling::max_frame);
  page_files_.add_to(router_);
}

base::Task<void> System::show_notification(std::string call_sid) {
  const auto notification = co_await notifications_->find(std::move(call_sid));
  if (notification && *notification)
    live_events_->publish("notification", (*notification)->to_json());
}

base::Task<base::Result<>> System::start() {
  const auto loaded = co_await accounts_.load();
  if (!loaded) co_return base::fail(loaded.error());
  const auto numbered = co_await directory_->load();
  if (!numbered) co_return base::fail(numbered.error());
  const auto phones = co_await sip_directory_.load();
  if (!phones) co_return base::fail(phones.error());
  const auto counted = co_await usage_->load();
  if (!counted) co_return base::fail(counted.error());
  const auto queues_loaded = co_await queues_.load();
  if (!queues_loaded) co_return base::fail(queues_loaded.error());
  name_take5();
  const auto groups = co_await take5_->load();
  if (!groups) co_return base::fail(groups.error());
  // Before the legs: a call that is taken up may enter a conference again.
  const auto conferences_closed = co_await conferences_.recover();
  if (!conferences_closed) co_return base::fail(conferences_closed.error());
  const auto recovered = co_await switchboard_->recover();
  if (!recovered) co_return base::fail(recovered.error());
  const auto buckets = co_await aws_->load();
  if (!buckets) co_return base::fail(buckets.error());
  const auto recordings = co_await recordings_->recover();
  if (!recordings) co_return base::fail(recordings.error());
  const auto transcriptions = co_await transcriptions_->recover();
  if (!transcriptions) co_return base::fail(transcriptions.error());
  if (sinks_) {
    const auto copies = co_await sinks_->recover();
    if (!copies) co_return base::fail(copies.error());
  }
  const auto messages = co_await messaging_->messages().recover();
  if (!messages) co_return base::fail(messages.error());
  const auto group_calls = co_await take5_->recover();
  if (!group_calls) co_return base::fail(group_calls.error());
  outbox_.wake();
  // Behind the calls: a job asks what has become of its own.
  const auto scheduling = co_await scheduling_->start();
  if (!scheduling) co_return base::fail(scheduling.error());
  co_return co_await take5_->start();
}

}  // namespace belfry::server
