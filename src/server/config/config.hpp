#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/log.hpp"

/// What can be set: plain values, with their defaults. `settings.cpp` is the one table of their
/// keys; docs/configuration.md is made from it.
namespace belfry::server {

enum class Switch { automatic, on, off };
enum class RecordingNotice { off, beep };
enum class Recognition { none, pocketsphinx };
enum class Transport { udp, tcp, tls };
enum class Method { get, post };
enum class Srtp { off, optional, required };

struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  bool operator==(const PortRange&) const = default;
};

/// A carrier's SIP peer.
struct TrunkConfig {
  std::string name;
  std::string host;  // host[:port]; a name without port may have SRV records
  Transport transport = Transport::udp;
  std::string username;  // with `password`: digest
  std::string password;
  bool register_out = false;
  std::uint32_t max_calls_per_second = 5;
  std::uint32_t max_channels = 30;
  std::uint32_t max_waiting = 100;
  std::string country;
  Srtp srtp = Srtp::off;
};

struct RouteConfig {
  std::string prefix;  // empty: every number
  std::string trunk;
  std::string caller_id;
  int priority = 1;
  int weight = 100;
};

/// A SIP phone that may register.
struct PhoneConfig {
  std::string user;
  std::string password;
  std::string number;
  Srtp srtp = Srtp::off;
};

/// What answers calls to a number of ours.
struct NumberConfig {
  std::string number;
  std::string voice_url;
  Method voice_method = Method::post;
  std::string fallback_url;
  std::string twiml;
  std::string status_callback;
  std::string sms_url;
  Method sms_method = Method::post;
  std::string sms_fallback_url;
};

/// Another cloud that takes text messages, by Twilio's Messages API.
struct MessageCarrierConfig {
  std::string name;
  std::string url;  // its base, "https://api.twilio.com"
  std::string account_sid;
  std::string auth_token;
  std::string prefix;  // numbers that begin so go there; empty: all
};

/// A session recording server (SIPREC) that calls may be sent to.
struct SiprecConfig {
  std::string name;
  std::string uri;  // sip:user@host:port;transport=tcp
  std::string username;
  std::string password;
  Srtp srtp = Srtp::off;
};

/// A simulated phone; `behaviour` is the body of `PUT /sim/phones/{number}`, its keys checked.
struct SimulatedPhoneConfig {
  std::string number;
  base::json::object behaviour;
};

struct Config {
  std::string data = "data";
  std::string database_url = "sqlite";
  std::string listen = "127.0.0.1";
  Switch simulator = Switch::automatic;
  std::chrono::seconds drain_timeout{300};

  struct Http {
    std::uint16_t port = 8080;
    std::vector<std::uint16_t> extra_ports = {3000, 8000};
    std::uint16_t tls_port = 8443;
    std::string public_url;
    std::vector<std::string> allowed_hosts;
    bool require_sign_in = false;
  } http;

  struct Sip {
    std::uint16_t port = 5060;
    bool tcp = true;
    std::uint16_t tls_port = 5061;
    std::string tls_authorities;
    bool srtp_keys_over_plain = false;
  } sip;

  struct Tls {
    std::string certificate;
    std::string key;
  } tls;

  struct Media {
    PortRange port_range = {20'000, 20'999};
    std::uint32_t workers = 0;
    std::vector<std::string> codecs = {"opus", "G722", "PCMU", "PCMA"};
  } media;

  struct WebRtc {
    std::uint16_t port = 40'000;
    std::uint16_t tcp_port = 0;
    std::vector<std::string> addresses;
    std::vector<std::string> public_addresses;
    std::vector<std::string> stun_urls;
    std::vector<std::string> turn_urls;
    std::string turn_secret;
  } webrtc;

  struct Log {
    base::log::Level level = base::log::Level::info;
    base::log::Format format = base::log::Format::text;
  } log;

  struct Sim {
    std::uint64_t seed = 0;
    std::vector<SimulatedPhoneConfig> phones;
  } sim;

  struct Speech {
    std::string voice = "alice";
    std::string language = "en-US";
    std::uint32_t cache_mb = 64;
    Recognition recognition = Recognition::pocketsphinx;
    std::uint32_t listen_to = 4;
  } speech;

  struct Webhook {
    std::vector<std::string> allow;
    std::string ca_file;
  } webhook;

  struct Flux {
    std::string from;
    std::string webhook_url;
    std::string webhook_secret;
    Switch validate_signatures = Switch::automatic;
    std::uint32_t rate_per_minute = 0;
    std::uint32_t calling_from = 8;
    std::uint32_t calling_until = 21;
  } flux;

  struct Kin {
    std::string base_url;
    std::string voice_url;   // as the document's environment names them; the callbacks are built
    std::string status_url;  // from the base
    std::string recording_url;
    std::string number;
    std::vector<std::string> sales;
    std::vector<std::string> support;
    std::vector<std::string> reception;
    std::vector<std::string> agent;
    Switch validate_signatures = Switch::automatic;
    bool fitting_statuses = false;
    std::uint32_t rate_per_minute = 0;
  } kin;

  struct Take5 {
    std::string outbound_number;
    bool record = false;
    bool detect_machines = false;
    bool international = false;
    std::chrono::seconds ring_timeout{30};
    std::uint32_t retries = 1;
    std::chrono::seconds max_duration{7200};
    std::uint32_t max_participants = 10;
    std::chrono::seconds notice{60};
    std::chrono::seconds reminder{300};
    std::uint32_t rate_per_minute = 0;
    std::string environment = "development";
    bool seed = false;
    std::uint16_t port = 0;
  } take5;

  /// Nothing: not given, the server's own keys serve. Empty: given as empty, which switches off
  /// what needs it.
  struct Twilio {
    std::optional<std::string> account_sid;
    std::optional<std::string> auth_token;
    std::optional<std::string> phone_number;
    std::string application_sid;
    std::string twiml_app_sid;
    std::string api_key_sid;
    std::string api_key_secret;
    std::string edge = "ashburn";
    std::string region = "us1";
    std::string home = "us1";
  } twilio;

  struct Aws {
    std::string access_key_id;  // with `secret_access_key`: opens our own AWS face too
    std::string secret_access_key;
    std::string region = "us-east-1";
    std::string endpoint_url;
    std::string profile = "default";
    bool send_metrics = false;
    bool send_messages = false;
    std::string message_prefix;
    std::string recordings_bucket;
    std::string recordings_key = "recordings/{date}/{call}/{recording}.wav";
    std::string recordings_encryption = "AES256";
  } aws;

  struct Calls {
    std::chrono::seconds ring_timeout{60};
    std::chrono::seconds max_duration{4 * 3600};
    std::uint32_t max_live = 10'000;
    std::uint32_t conferences_per_account = 1000;
    bool shed_load = true;
    std::vector<std::string> allowed_countries = {"US", "CA", "PA", "SG"};
    std::uint32_t trunk_calls_at_once = 20;
    std::uint32_t trunk_calls_a_day = 500;
    std::uint32_t trunk_minutes_a_day = 1000;
    std::uint32_t calls_to_one_number_an_hour = 10;
  } calls;

  struct Messages {
    std::uint32_t per_day = 200;
    std::uint32_t sender_interval_ms = 1000;
    std::uint32_t queue_per_sender = 14'400;  // four hours of one a second
  } messages;

  struct Retention {
    std::chrono::days calls{365};
    std::chrono::days deliveries{7};
    std::chrono::days recordings{30};
  } retention;

  struct Recording {
    RecordingNotice notice = RecordingNotice::off;
    bool seal = true;
  } recording;

  std::vector<TrunkConfig> trunks;
  std::vector<RouteConfig> routes;
  std::vector<PhoneConfig> phones;
  std::vector<NumberConfig> numbers;
  std::vector<MessageCarrierConfig> message_carriers;
  std::vector<SiprecConfig> siprecs;
};

}  // namespace belfry::server
