#include "server/config/settings.hpp"

#include "base/text.hpp"

namespace belfry::server {
namespace {

struct Traits {
  bool required = false;
  bool secret = false;
  std::string_view environment;
};
constexpr Traits required{.required = true};
constexpr Traits secret{.secret = true};

/// `access(root)` is the field, for a `Root&` and a `const Root&`.
template <class Root, class Access>
Setting<Root> setting(
    std::string_view key, std::string_view help, Access access, Traits traits = {}
) {
  using Field = std::remove_cvref_t<decltype(access(std::declval<Root&>()))>;
  Setting<Root> made;
  made.key = key;
  made.help = help;
  made.type = type_for<Field>();
  if constexpr (Enumeration<Field>)
    for (const Word<Field>& each : words_of<Field>) made.words.push_back(each.word);
  made.required = traits.required;
  made.secret = traits.secret;
  made.environment = traits.environment;
  made.assign = [access](Root& root, const Value& value) { return assign(value, access(root)); };
  made.get = [access](const Root& root) -> std::optional<Value> { return to_value(access(root)); };
  return made;
}

#define FIELD(name) [](auto& root) -> auto& { return root.name; }

template <class Access>
Setting<Config> of(std::string_view key, std::string_view help, Access access, Traits traits = {}) {
  return setting<Config>(key, help, access, traits);
}

std::vector<Setting<Config>> make_settings() {
  return {
      of("data", "Folder of everything that is kept; made with mode 0700", FIELD(data)),
      of("database_url",
         "Where rows are kept: sqlite, a file in that folder, or a PostgreSQL database, "
         "postgresql://user:password@host:port/database (docs/storage.md); recordings and keys "
         "stay "
         "in the folder",
         FIELD(database_url), {.secret = true, .environment = "DATABASE_URL"}),
      of("listen",
         "Address of every listener; others than loopback after a first start there, and who comes "
         "must sign in",
         FIELD(listen)),
      of("simulator",
         "Simulated phones for numbers that no route claims; auto: while no trunk is "
         "set up",
         FIELD(simulator)),
      of("drain_timeout", "Seconds that live calls may go on after SIGTERM", FIELD(drain_timeout)),
      of("http.port", "Pages and APIs; 0: any free port", FIELD(http.port)),
      of("http.extra_ports",
         "The same content once more, on loopback; one that is taken is a warning",
         FIELD(http.extra_ports)),
      of("http.tls_port", "The same content by HTTPS; 0: none", FIELD(http.tls_port)),
      of("http.public_url",
         "How the outside reaches us, for URLs in callbacks; empty: taken from the request",
         FIELD(http.public_url)),
      of("http.allowed_hosts", "Host names that requests may carry beside our own addresses",
         FIELD(http.allowed_hosts)),
      of("http.require_sign_in",
         "Pages and Belfry's own API ask who it is even on loopback, as behind a proxy; on other "
         "addresses they always do",
         FIELD(http.require_sign_in)),
      of("sip.port", "SIP over UDP, and over TCP with sip.tcp", FIELD(sip.port)),
      of("sip.tcp", "SIP over TCP as well", FIELD(sip.tcp)),
      of("sip.tls_port", "SIP over TLS; 0: none", FIELD(sip.tls_port)),
      of("sip.tls_authorities",
         "PEM file of certificates that trunks and other SIP servers may be certified by, beside "
         "the system's",
         FIELD(sip.tls_authorities)),
      of("sip.srtp_keys_over_plain",
         "Send and take SRTP keys over UDP and TCP too, where everybody on the way can read them",
         FIELD(sip.srtp_keys_over_plain)),
      of("tls.certificate",
         "PEM file of the certificate for HTTPS and SIP, with its chain; empty: one of our own, "
         "which is made at the first start",
         FIELD(tls.certificate)),
      of("tls.key", "PEM file of its private key", FIELD(tls.key)),
      of("media.port_range", "UDP ports for RTP and RTCP", FIELD(media.port_range)),
      of("media.workers", "Media threads; 0: one per core", FIELD(media.workers)),
      of("media.codecs", "What SIP calls may use, the best first: opus, G722, PCMU, PCMA",
         FIELD(media.codecs)),
      of("webrtc.port", "UDP port for the sound of browsers; 0: any free one", FIELD(webrtc.port)),
      of("webrtc.tcp_port",
         "TCP port for browsers whose network lets no UDP through; 0: the number of webrtc.port",
         FIELD(webrtc.tcp_port)),
      of("webrtc.addresses",
         "Addresses of this machine that browsers may send to; empty: the one in listen",
         FIELD(webrtc.addresses)),
      of("webrtc.public_addresses",
         "Where browsers outside reach them, through a NAT that keeps the port",
         FIELD(webrtc.public_addresses)),
      of("webrtc.stun_urls", "STUN servers that clients are told of: stun:host:port",
         FIELD(webrtc.stun_urls)),
      of("webrtc.turn_urls",
         "TURN servers that clients are told of: turn:host:port?transport=udp, turns:host:port",
         FIELD(webrtc.turn_urls)),
      of("webrtc.turn_secret",
         "What makes their credentials, shared with them (coturn: static-auth-secret)",
         FIELD(webrtc.turn_secret), secret),
      of("log.level", "Least severe line that is written", FIELD(log.level)),
      of("log.format", "One line of text or one JSON object per event", FIELD(log.format)),
      of("sim.seed", "Seed of the simulated network; 0: a new one each start", FIELD(sim.seed)),
      of("speech.voice", "Voice of <Say> without one", FIELD(speech.voice)),
      of("speech.language", "Language of <Say> without one", FIELD(speech.language)),
      of("speech.cache_mb", "Memory for spoken sentences, in MiB", FIELD(speech.cache_mb)),
      of("speech.recognition",
         "What understands callers: pocketsphinx (English, offline), when its models are "
         "installed, "
         "or none",
         FIELD(speech.recognition)),
      of("speech.listen_to",
         "Parties that are listened to at the same time; each takes 95 MB and up to a quarter of a "
         "core",
         FIELD(speech.listen_to)),
      of("webhook.allow",
         "Private addresses that webhooks may go to, as CIDR:port or host:port; "
         "loopback is allowed while every listener is on loopback",
         FIELD(webhook.allow)),
      of("webhook.ca_file",
         "Certificate authorities (PEM) that webhooks and media streams may have beside the "
         "system's",
         FIELD(webhook.ca_file)),
      of("flux.from", "Number that Flux calls show; empty: twilio.phone_number", FIELD(flux.from)),
      of("flux.webhook_url", "Is told `task.acknowledged`; empty: nobody", FIELD(flux.webhook_url)),
      of("flux.webhook_secret",
         "Signs it by Standard Webhooks (whsec_...), beside X-Twilio-Signature",
         FIELD(flux.webhook_secret), secret),
      of("flux.validate_signatures",
         "Check X-Twilio-Signature of its webhooks; auto: of callers "
         "that are not on loopback",
         FIELD(flux.validate_signatures)),
      of("flux.calling_from",
         "Hour of the callee's day from which trunks are asked to call; all time zones of the "
         "country must agree",
         FIELD(flux.calling_from)),
      of("flux.calling_until", "Hour until which; from 0 until 24: any hour",
         FIELD(flux.calling_until)),
      of("flux.rate_per_minute",
         "Calls that one client may ask for in a minute; 0: 60, and "
         "no limit for callers on loopback",
         FIELD(flux.rate_per_minute)),
      of("kin.base_url",
         "How the outside reaches KIN's documents and webhooks; empty: http.public_url",
         FIELD(kin.base_url), {.environment = "TWILIO_WEBHOOK_BASE_URL"}),
      of("kin.voice_url", "Without kin.base_url, its scheme and host are taken from here",
         FIELD(kin.voice_url), {.environment = "TWILIO_VOICE_WEBHOOK_URL"}),
      of("kin.status_url", "Likewise", FIELD(kin.status_url),
         {.environment = "TWILIO_STATUS_WEBHOOK_URL"}),
      of("kin.recording_url", "Likewise", FIELD(kin.recording_url),
         {.environment = "TWILIO_RECORDING_WEBHOOK_URL"}),
      of("kin.number",
         "Number whose calls KIN answers, and that calls of its browsers show; empty: none, and "
         "they show twilio.phone_number",
         FIELD(kin.number)),
      of("kin.sales", "Who rings for 1 in KIN's menu: numbers, client: and sip: addresses",
         FIELD(kin.sales)),
      of("kin.support", "Likewise for 2", FIELD(kin.support)),
      of("kin.reception", "Likewise for 3", FIELD(kin.reception)),
      of("kin.agent", "Who rings when KIN's number is called; nobody: the voicemail answers",
         FIELD(kin.agent)),
      of("kin.validate_signatures",
         "Check X-Twilio-Signature of its webhooks; auto: of callers that are not on loopback or "
         "come by a proxy",
         FIELD(kin.validate_signatures)),
      of("kin.fitting_statuses",
         "Answer failures of the telephony with 400, 404 or 503 instead of 200",
         FIELD(kin.fitting_statuses)),
      of("kin.rate_per_minute",
         "Calls and tokens that one client may ask for in a minute; 0: 60, and no limit for "
         "callers on loopback",
         FIELD(kin.rate_per_minute)),
      of("take5.outbound_number",
         "Number that Take5's calls show and its messages come from: E.164, or the SID of one of "
         "our "
         "numbers; empty: twilio.phone_number",
         FIELD(take5.outbound_number), {.environment = "CHIME_OUTBOUND_PHONE_NUMBER"}),
      of("take5.record", "Record group calls; the participants are told", FIELD(take5.record),
         {.environment = "CHIME_RECORDING_ENABLED"}),
      of("take5.detect_machines", "Hang up on answering machines", FIELD(take5.detect_machines)),
      of("take5.international", "Take numbers of other countries, in + form",
         FIELD(take5.international)),
      of("take5.ring_timeout", "Seconds for which a member's phone rings",
         FIELD(take5.ring_timeout)),
      of("take5.retries", "How often a member who does not answer is called again",
         FIELD(take5.retries)),
      of("take5.max_duration",
         "Seconds after which a group call ends, whatever its group has planned",
         FIELD(take5.max_duration)),
      of("take5.max_participants", "Members of a group, and participants of a call",
         FIELD(take5.max_participants)),
      of("take5.notice", "Seconds before the end of a call at which it is announced; 0: it is not",
         FIELD(take5.notice)),
      of("take5.reminder", "Seconds before a call at which its members get a text message",
         FIELD(take5.reminder)),
      of("take5.rate_per_minute",
         "Changes that one client may ask for in a minute; 0: 60, and no limit for callers on "
         "loopback",
         FIELD(take5.rate_per_minute)),
      of("take5.environment", "Value of the metric dimension Environment", FIELD(take5.environment),
         {.environment = "NODE_ENV"}),
      of("take5.seed", "Make sample users and groups where there are none", FIELD(take5.seed),
         {.environment = "SEED_DATABASE"}),
      of("take5.port", "Another port of http.extra_ports; 0: none", FIELD(take5.port),
         {.environment = "PORT"}),
      of("twilio.application_sid",
         "Application of the tokens that KIN makes; empty: one of its own",
         FIELD(twilio.application_sid), {.environment = "TWILIO_APPLICATION_SID"}),
      of("twilio.twiml_app_sid", "Another name of it, for when the first is empty",
         FIELD(twilio.twiml_app_sid), {.environment = "TWILIO_TWIML_APP_SID"}),
      of("twilio.api_key_sid", "API key that signs tokens; empty: our own",
         FIELD(twilio.api_key_sid), {.environment = "TWILIO_API_KEY_SID"}),
      of("twilio.api_key_secret", "Its secret", FIELD(twilio.api_key_secret),
         {.secret = true, .environment = "TWILIO_API_KEY_SECRET"}),
      of("twilio.edge", "Edge that pages with the Voice SDK are told, where they asked for any",
         FIELD(twilio.edge)),
      of("twilio.region", "Region that they are told", FIELD(twilio.region)),
      of("twilio.home",
         "Home region that they are told: their telemetry goes to eventgw.<home>.twilio.com",
         FIELD(twilio.home)),
      of("twilio.account_sid", "Account SID of the applications; not set: our own; empty: none",
         FIELD(twilio.account_sid), {.environment = "TWILIO_ACCOUNT_SID"}),
      of("twilio.auth_token", "Auth token of the applications; not set: our own; empty: none",
         FIELD(twilio.auth_token), {.secret = true, .environment = "TWILIO_AUTH_TOKEN"}),
      of("twilio.phone_number",
         "Caller number of the applications; not set: one of ours; empty: "
         "none",
         FIELD(twilio.phone_number), {.environment = "TWILIO_PHONE_NUMBER"}),
      of("aws.access_key_id",
         "Access key that AWS clients of this server may use beside the ones it has made, and that "
         "this server uses as a client; empty: the usual chain of a client",
         FIELD(aws.access_key_id), {.environment = "AWS_ACCESS_KEY_ID"}),
      of("aws.secret_access_key", "Its secret", FIELD(aws.secret_access_key),
         {.secret = true, .environment = "AWS_SECRET_ACCESS_KEY"}),
      of("aws.region", "Region of what is sent to AWS", FIELD(aws.region),
         {.environment = "AWS_REGION"}),
      of("aws.endpoint_url", "Where it is sent instead of AWS; empty: to AWS",
         FIELD(aws.endpoint_url), {.environment = "AWS_ENDPOINT_URL"}),
      of("aws.profile", "Profile of ~/.aws/credentials to use when no access key is set",
         FIELD(aws.profile), {.environment = "AWS_PROFILE"}),
      of("aws.send_metrics", "Measurements of applications are also sent to CloudWatch",
         FIELD(aws.send_metrics)),
      of("aws.send_messages", "Text messages leave by SNS", FIELD(aws.send_messages)),
      of("aws.message_prefix", "Only those to numbers that begin so; empty: all",
         FIELD(aws.message_prefix)),
      of("aws.recordings_bucket", "S3 bucket that gets a copy of each recording; empty: none",
         FIELD(aws.recordings_bucket)),
      of("aws.recordings_key",
         "Name of the copy; {account}, {call}, {recording} and {date} are filled in",
         FIELD(aws.recordings_key)),
      of("aws.recordings_encryption",
         "x-amz-server-side-encryption of the copy: AES256, aws:kms; empty: the header is not sent",
         FIELD(aws.recordings_encryption)),
      of("calls.ring_timeout", "Seconds until an unanswered call is given up",
         FIELD(calls.ring_timeout)),
      of("calls.max_duration", "Seconds until an answered call is ended",
         FIELD(calls.max_duration)),
      of("calls.max_live", "Legs at once; more are refused with 503", FIELD(calls.max_live)),
      of("calls.conferences_per_account", "Conferences at once; more are error 16021",
         FIELD(calls.conferences_per_account)),
      of("calls.shed_load",
         "Refuse new calls with 503 while calls in progress would suffer (the control loop, media "
         "or "
         "writes are late, memory runs out)",
         FIELD(calls.shed_load)),
      of("calls.allowed_countries",
         "Where trunks may be asked to call, as ISO 3166-1 codes (+1 is many of them); only "
         "ordinary kinds of numbers there. *: every number but emergency ones",
         FIELD(calls.allowed_countries)),
      of("calls.trunk_calls_at_once", "Calls through trunks at once, for each account; 0: no cap",
         FIELD(calls.trunk_calls_at_once)),
      of("calls.trunk_calls_a_day", "The same a day (UTC)", FIELD(calls.trunk_calls_a_day)),
      of("calls.trunk_minutes_a_day", "Minutes of calls through trunks a day, for each account",
         FIELD(calls.trunk_minutes_a_day)),
      of("calls.calls_to_one_number_an_hour",
         "Calls through trunks to one number in an hour, for each account",
         FIELD(calls.calls_to_one_number_an_hour)),
      of("messages.per_day",
         "Text messages that an account may send through carriers in a UTC day; 0: no limit",
         FIELD(messages.per_day)),
      of("messages.sender_interval_ms", "Milliseconds between two text messages of one sender",
         FIELD(messages.sender_interval_ms)),
      of("messages.queue_per_sender",
         "Text messages of one sender that may wait; more are error 21611",
         FIELD(messages.queue_per_sender)),
      of("retention.calls", "Days that ended calls with their events, messages and usage are kept",
         FIELD(retention.calls)),
      of("retention.deliveries",
         "Days that delivered callbacks and the debugger's notifications are kept",
         FIELD(retention.deliveries)),
      of("retention.recordings", "Days that recordings and their copies are kept",
         FIELD(retention.recordings)),
      of("recording.notice",
         "How a party learns that it is recorded; off: the application tells it, as with Twilio",
         FIELD(recording.notice)),
      of("recording.seal", "Finished recordings are kept encrypted, each with a key of its own",
         FIELD(recording.seal)),
  };
}

std::vector<Setting<TrunkConfig>> make_trunk_settings() {
  const auto of_trunk = [](auto... arguments) { return setting<TrunkConfig>(arguments...); };
  return {
      of_trunk("name", "Names it in routes", FIELD(name), required),
      of_trunk("host", "host[:port]; a name may have SRV records", FIELD(host), required),
      of_trunk("transport", "How it is reached", FIELD(transport)),
      of_trunk(
          "username", "With a password: answers the carrier's digest challenge", FIELD(username)
      ),
      of_trunk("password", "", FIELD(password), secret),
      of_trunk("register", "REGISTER there", FIELD(register_out)),
      of_trunk("max_calls_per_second", "New calls a second", FIELD(max_calls_per_second)),
      of_trunk("max_channels", "Calls at once", FIELD(max_channels)),
      of_trunk(
          "max_waiting", "Calls that may wait up to 10 s for their turn; more go another way",
          FIELD(max_waiting)
      ),
      of_trunk(
          "country",
          "ISO 3166-1: how numbers without + are read that come from it; empty: they stay",
          FIELD(country)
      ),
      of_trunk("srtp", "Whether audio is encrypted; needs transport tls", FIELD(srtp)),
  };
}

std::vector<Setting<RouteConfig>> make_route_settings() {
  const auto of_route = [](auto... arguments) { return setting<RouteConfig>(arguments...); };
  return {
      of_route("prefix", "Numbers that begin so; the longest wins; empty: all", FIELD(prefix)),
      of_route("trunk", "Where they go: a trunk's name or \"simulator\"", FIELD(trunk), required),
      of_route("caller_id", "Number shown to the party; empty: the call's own", FIELD(caller_id)),
      of_route("priority", "Lower is tried first", FIELD(priority)),
      of_route("weight", "Share among equal priorities", FIELD(weight)),
  };
}

std::vector<Setting<PhoneConfig>> make_phone_settings() {
  const auto of_phone = [](auto... arguments) { return setting<PhoneConfig>(arguments...); };
  return {
      of_phone("user", "User name in REGISTER", FIELD(user), required),
      of_phone("password", "For digest", FIELD(password), Traits{.required = true, .secret = true}),
      of_phone("number", "Rings when this number is called", FIELD(number)),
      of_phone(
          "srtp", "Whether audio is encrypted; for phones that register over TLS", FIELD(srtp)
      ),
  };
}

std::vector<Setting<NumberConfig>> make_number_settings() {
  const auto of_number = [](auto... arguments) { return setting<NumberConfig>(arguments...); };
  return {
      of_number("number", "The number that is called", FIELD(number), required),
      of_number("voice_url", "Where the TwiML of its calls comes from", FIELD(voice_url)),
      of_number("voice_method", "How it is fetched", FIELD(voice_method)),
      of_number("fallback_url", "Asked when voice_url fails", FIELD(fallback_url)),
      of_number("twiml", "TwiML itself, instead of voice_url", FIELD(twiml)),
      of_number("status_callback", "Is told when a call to it ends", FIELD(status_callback)),
      of_number("sms_url", "Is asked when a text message arrives", FIELD(sms_url)),
      of_number("sms_method", "How it is asked", FIELD(sms_method)),
      of_number("sms_fallback_url", "Asked when sms_url fails", FIELD(sms_fallback_url)),
  };
}

std::vector<Setting<MessageCarrierConfig>> make_message_carrier_settings() {
  const auto of_carrier = [](auto... arguments) {
    return setting<MessageCarrierConfig>(arguments...);
  };
  return {
      of_carrier(
          "name", "Names it in logs and URLs: letters, digits, dashes", FIELD(name), required
      ),
      of_carrier(
          "url", "Base of its Messages API, such as https://api.twilio.com", FIELD(url), required
      ),
      of_carrier("account_sid", "Our account there", FIELD(account_sid), required),
      of_carrier(
          "auth_token", "Its token: sent as Basic authentication, and checks its callbacks",
          FIELD(auth_token), Traits{.required = true, .secret = true}
      ),
      of_carrier(
          "prefix", "Numbers that begin so go there; the longest wins; empty: all", FIELD(prefix)
      ),
  };
}

std::vector<Setting<SiprecConfig>> make_siprec_settings() {
  const auto of_siprec = [](auto... arguments) { return setting<SiprecConfig>(arguments...); };
  return {
      of_siprec("name", "What `connectorName` calls it", FIELD(name), required),
      of_siprec(
          "uri",
          "The session recording server: sip:srs@host:port;transport=tcp; udp, tcp or tls, a name "
          "may have SRV records",
          FIELD(uri), required
      ),
      of_siprec("username", "With a password: answers its digest challenge", FIELD(username)),
      of_siprec("password", "", FIELD(password), secret),
      of_siprec("srtp", "Whether audio is encrypted; needs transport=tls", FIELD(srtp)),
  };
}

#undef FIELD

}  // namespace

const std::vector<Setting<Config>>& settings() {
  static const auto table = make_settings();
  return table;
}
const std::vector<Setting<TrunkConfig>>& trunk_settings() {
  static const auto table = make_trunk_settings();
  return table;
}
const std::vector<Setting<RouteConfig>>& route_settings() {
  static const auto table = make_route_settings();
  return table;
}
const std::vector<Setting<PhoneConfig>>& phone_settings() {
  static const auto table = make_phone_settings();
  return table;
}
const std::vector<Setting<NumberConfig>>& number_settings() {
  static const auto table = make_number_settings();
  return table;
}
const std::vector<Setting<MessageCarrierConfig>>& message_carrier_settings() {
  static const auto table = make_message_carrier_settings();
  return table;
}
const std::vector<Setting<SiprecConfig>>& siprec_settings() {
  static const auto table = make_siprec_settings();
  return table;
}

std::string environment_name(std::string_view key) {
  std::string name = "BELFRY_";
  for (const char character : key) {
    if (character == '.')
      name += "__";
    else
      name += static_cast<char>(character >= 'a' && character <= 'z' ? character - 32 : character);
  }
  return name;
}

std::string flag_name(std::string_view key) {
  std::string name = "--" + std::string(key);
  for (char& character : name)
    if (character == '.' || character == '_') character = '-';
  return name;
}

}  // namespace belfry::server
