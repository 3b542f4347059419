#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "admin/access.hpp"
#include "admin/analytics.hpp"
#include "admin/applications.hpp"
#include "admin/calls.hpp"
#include "admin/conferences.hpp"
#include "admin/event_stream.hpp"
#include "admin/keys.hpp"
#include "admin/messages.hpp"
#include "admin/numbers.hpp"
#include "admin/openapi.hpp"
#include "admin/recordings.hpp"
#include "admin/simulator.hpp"
#include "apps/flux/notifications.hpp"
#include "apps/flux/routes.hpp"
#include "apps/kin/routes.hpp"
#include "apps/take5/application.hpp"
#include "base/worker_pool.hpp"
#include "call/bridge.hpp"
#include "call/caller_id_validation.hpp"
#include "call/conferences.hpp"
#include "call/destination_policy.hpp"
#include "call/metric_store.hpp"
#include "call/notifications.hpp"
#include "call/number_directory.hpp"
#include "call/outbox.hpp"
#include "call/queues.hpp"
#include "call/recognition.hpp"
#include "call/recordings.hpp"
#include "call/sip_directory.hpp"
#include "call/speech.hpp"
#include "call/switchboard.hpp"
#include "call/usage.hpp"
#include "compat/twilio/resources.hpp"
#include "compat/twilio/voice_sdk/page_files.hpp"
#include "compat/twilio/voice_sdk/signalling.hpp"
#include "gateway/application/carrier.hpp"
#include "gateway/media/plane.hpp"
#include "gateway/webrtc/peer.hpp"
#include "http/client.hpp"
#include "http/router.hpp"
#include "identity/accounts.hpp"
#include "identity/keys.hpp"
#include "identity/media_links.hpp"
#include "identity/recording_vault.hpp"
#include "server/aws_face.hpp"
#include "server/cloud_sinks.hpp"
#include "server/config/config.hpp"
#include "server/messaging.hpp"
#include "server/scheduling.hpp"
#include "server/socket_client.hpp"
#include "server/web_client.hpp"
#include "sim/phone_network.hpp"
#include "store/store.hpp"
#include "twiml/live_transcriptions.hpp"
#include "twiml/media_files.hpp"
#include "twiml/media_streams.hpp"
#include "twiml/program.hpp"
#include "twiml/recording_callback.hpp"
#include "twiml/side_documents.hpp"
#include "twiml/siprec_sessions.hpp"
#include "twiml/status_callback.hpp"
#include "twiml/transcription_callback.hpp"

namespace belfry::server {

/// Shown to parties when nothing else is configured: a number that belongs to nobody (NANP
/// 555-01xx).
inline constexpr std::string_view default_number = "+15550100100";

/// What a server takes from the machine and a simulation from its virtual world. All outlive the
/// `System`.
struct Platform {
  base::Loop& loop;
  base::Random& random;
  store::Store& store;
  gateway::media::Plane& media;
  base::WorkerPool& pool;
  call::Speech& speech;
  http::Client& client;
  http::WebSocketClient& sockets;
  gateway::webrtc::Peers* browsers = nullptr;  // none: browsers register and have no calls
  call::Recognizer* recognizer = nullptr;      // none: nobody understands speech
  http::Client* cloud = nullptr;               // asks AWS; none: `client` does
};

/// Everything of Belfry but its sockets: the call model with its programs, the simulator, the
/// applications and the router that they are reached by. The same in a server and in a simulation.
/// Control thread.
class System {
 public:
  System(Platform platform, const Config& config, const identity::Keys& keys);
  System(const System&) = delete;
  System& operator=(const System&) = delete;
  ~System();

  /// Takes up what the last process left, then delivers what it promised. Carriers must be in the
  /// dial plan.
  base::Task<base::Result<>> start();

  /// Where clients reach the server, unless `http.public_url` says it: URLs that are handed out
  /// begin so.
  void set_url(std::string url) { url_ = std::move(url); }

  http::Router& router() { return router_; }
  twiml::SiprecSessions& siprec() { return siprec_; }
  call::DialPlan& dial_plan() { return dial_plan_; }
  call::Switchboard& switchboard() { return *switchboard_; }
  call::Outbox& outbox() { return outbox_; }
  call::EventFeed& feed() { return feed_; }
  call::SipDirectory& sip_directory() { return sip_directory_; }
  const compat::twilio::Api& twilio_api() const { return twilio_rest_->api(); }
  apps::flux::Notifications& notifications() { return *notifications_; }
  apps::take5::Application& take5() { return *take5_; }
  /// nullptr while the simulator is off.
  sim::PhoneNetwork* simulator() { return simulator_.get(); }
  Messaging& messaging() { return *messaging_; }
  Scheduling& scheduling() { return *scheduling_; }
  compat::twilio::voice_sdk::Signalling& browsers() { return *browsers_; }
  call::MetricStore& metrics() { return metrics_; }
  AwsFace& aws() { return *aws_; }

 private:
  void read_dial_plan(const Config& config);
  void read_numbers(const Config& config);
  void make_simulator(const Config& config);
  void make_messaging(const Config& config);
  void make_browsers(const Config& config);
  /// Browsers as handsets of simulated phones.
  void make_handsets(const identity::Keys& keys);
  void make_flux(const Config& config, const identity::TwilioSigner& signer);
  void make_kin(const Config& config, const identity::Keys& keys);
  void make_take5(const Config& config);
  /// When the numbers are known.
  void name_take5();
  void make_admin(const Config& config);
  void make_settings();
  void make_twilio(const Config& config);
  void make_accounting(const Config& config);
  void make_sinks(const Config& config);
  void make_aws(const Config& config, const identity::Keys& keys);
  void make_recordings(const Config& config, const identity::Keys& keys);
  /// Behind the switchboard.
  void show_recordings();
  void follow_recordings();
  base::Task<void> show_notification(std::string call_sid);

  Platform platform_;
  http::Router router_;
  identity::Accounts accounts_;
  WebClient web_;
  SocketClient sockets_;
  call::Outbox outbox_;
  call::EventFeed feed_;
  call::MetricStore metrics_;
  call::DialPlan dial_plan_;
  call::NumberTable numbers_;
  std::unique_ptr<call::NumberDirectory> directory_;
  std::unique_ptr<call::Usage> usage_;
  std::unique_ptr<call::DestinationPolicy> destinations_;
  std::unique_ptr<call::Notifications> problems_;
  identity::Sealer sealer_;
  call::NumberTable phone_programs_;
  call::SipDirectory sip_directory_;
  call::CallerIdValidations validations_;
  twiml::StatusCallbackFormat callback_format_;
  twiml::MediaFiles media_files_;
  twiml::MediaStreams media_streams_;
  twiml::SiprecSessions siprec_;
  twiml::LiveTranscriptions live_transcriptions_;
  twiml::TwimlPrograms twiml_;
  twiml::TwimlSideDocuments side_documents_;
  call::Conferences conferences_;
  call::Queues queues_;
  call::BridgeProgram bridge_;
  gateway::application::Carrier application_calls_;
  // Legs and the handsets of simulated phones stand on it.
  std::unique_ptr<compat::twilio::voice_sdk::Signalling> browsers_;
  std::unique_ptr<sim::PhoneNetwork> simulator_;
  twiml::RecordingStatusFormat recording_format_;
  std::string url_;
  identity::MediaLinks media_links_;
  std::unique_ptr<identity::SealedRecordings> recording_vault_;
  std::unique_ptr<call::Recordings> recordings_;
  twiml::TranscriptionFormat transcription_format_;
  std::unique_ptr<call::Transcriptions> transcriptions_;
  std::unique_ptr<CloudSinks> sinks_;  // none: nothing is sent to AWS
  std::unique_ptr<Messaging> messaging_;
  compat::twilio::voice_sdk::PageFiles page_files_;
  std::unique_ptr<call::Switchboard> switchboard_;
  std::unique_ptr<Scheduling> scheduling_;
  std::unique_ptr<apps::flux::Notifications> notifications_;
  std::unique_ptr<apps::flux::Routes> flux_routes_;
  std::unique_ptr<apps::kin::Calls> kin_calls_;
  std::unique_ptr<apps::kin::Routes> kin_routes_;
  std::string take5_number_;  // as configured
  std::unique_ptr<apps::take5::Application> take5_;
  std::unique_ptr<admin::Calls> calls_;
  std::unique_ptr<admin::Recordings> recordings_of_calls_;
  std::unique_ptr<admin::Conferences> conferences_of_page_;
  std::unique_ptr<admin::Messages> messages_of_page_;
  std::unique_ptr<admin::Analytics> analytics_of_page_;
  std::unique_ptr<admin::Numbers> numbers_of_page_;
  std::unique_ptr<admin::Applications> applications_of_page_;
  std::unique_ptr<admin::Keys> keys_of_page_;
  std::unique_ptr<admin::Access> access_;
  std::unique_ptr<admin::LiveEvents> live_events_;
  std::unique_ptr<admin::Simulator> simulator_control_;
  std::unique_ptr<admin::OpenApi> openapi_;
  std::unique_ptr<compat::twilio::Resources> twilio_rest_;
  std::unique_ptr<AwsFace> aws_;
  base::TaskGroup tasks_;
};

}  // namespace belfry::server
