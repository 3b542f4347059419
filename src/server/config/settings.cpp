#include "server/config/setting_maker.hpp"

namespace belfry::server {
namespace {

template <class Access>
Setting<Config> of(std::string_view key, std::string_view help, Access access, Traits traits = {}) {
  return setting<Config>(key, help, access, traits);
}

std::vector<Setting<Config>> make_settings() {
  return {
      of("data", "Folder of everything that is kept; made with mode 0700", BELFRY_FIELD(data)),
      of("database_url",
         "Where rows are kept: sqlite, a file in that folder, or a PostgreSQL database, "
         "postgresql://user:password@host:port/database (docs/storage.md); recordings and keys "
         "stay "
         "in the folder",
         BELFRY_FIELD(database_url), {.secret = true, .environment = "DATABASE_URL"}),
      of("listen",
         "Address of every listener; others than loopback after a first start there, and who comes "
         "must sign in",
         BELFRY_FIELD(listen)),
      of("simulator",
         "Simulated phones for numbers that no route claims; auto: while no trunk is "
         "set up",
         BELFRY_FIELD(simulator)),
      of("drain_timeout", "Seconds that live calls may go on after SIGTERM",
         BELFRY_FIELD(drain_timeout)),
      of("http.port", "Pages and APIs; 0: any free port", BELFRY_FIELD(http.port)),
      of("http.extra_ports",
         "The same content once more, on loopback; one that is taken is a warning",
         BELFRY_FIELD(http.extra_ports)),
      of("http.tls_port", "The same content by HTTPS; 0: none", BELFRY_FIELD(http.tls_port)),
      of("http.public_url",
         "How the outside reaches us, for URLs in callbacks; empty: taken from the request",
         BELFRY_FIELD(http.public_url)),
      of("http.allowed_hosts", "Host names that requests may carry beside our own addresses",
         BELFRY_FIELD(http.allowed_hosts)),
      of("http.require_sign_in",
         "Pages and Belfry's own API ask who it is even on loopback, as behind a proxy; on other "
         "addresses they always do",
         BELFRY_FIELD(http.require_sign_in)),
      of("sip.port", "SIP over UDP, and over TCP with sip.tcp", BELFRY_FIELD(sip.port)),
      of("sip.tcp", "SIP over TCP as well", BELFRY_FIELD(sip.tcp)),
      of("sip.tls_port", "SIP over TLS; 0: none", BELFRY_FIELD(sip.tls_port)),
      of("sip.tls_authorities",
         "PEM file of certificates that trunks and other SIP servers may be certified by, beside "
         "the system's",
         BELFRY_FIELD(sip.tls_authorities)),
      of("sip.srtp_keys_over_plain",
         "Send and take SRTP keys over UDP and TCP too, where everybody on the way can read them",
         BELFRY_FIELD(sip.srtp_keys_over_plain)),
      of("tls.certificate",
         "PEM file of the certificate for HTTPS and SIP, with its chain; empty: one of our own, "
         "which is made at the first start",
         BELFRY_FIELD(tls.certificate)),
      of("tls.key", "PEM file of its private key", BELFRY_FIELD(tls.key)),
      of("media.port_range", "UDP ports for RTP and RTCP", BELFRY_FIELD(media.port_range)),
      of("media.workers", "Media threads; 0: one per core", BELFRY_FIELD(media.workers)),
      of("media.codecs", "What SIP calls may use, the best first: opus, G722, PCMU, PCMA",
         BELFRY_FIELD(media.codecs)),
      of("webrtc.port", "UDP port for the sound of browsers; 0: any free one",
         BELFRY_FIELD(webrtc.port)),
      of("webrtc.tcp_port",
         "TCP port for browsers whose network lets no UDP through; 0: the number of webrtc.port",
         BELFRY_FIELD(webrtc.tcp_port)),
      of("webrtc.addresses",
         "Addresses of this machine that browsers may send to; empty: the one in listen",
         BELFRY_FIELD(webrtc.addresses)),
      of("webrtc.public_addresses",
         "Where browsers outside reach them, through a NAT that keeps the port",
         BELFRY_FIELD(webrtc.public_addresses)),
      of("webrtc.stun_urls", "STUN servers that clients are told of: stun:host:port",
         BELFRY_FIELD(webrtc.stun_urls)),
      of("webrtc.turn_urls",
         "TURN servers that clients are told of: turn:host:port?transport=udp, turns:host:port",
         BELFRY_FIELD(webrtc.turn_urls)),
      of("webrtc.turn_secret",
         "What makes their credentials, shared with them (coturn: static-auth-secret)",
         BELFRY_FIELD(webrtc.turn_secret), secret),
      of("log.level", "Least severe line that is written", BELFRY_FIELD(log.level)),
      of("log.format", "One line of text or one JSON object per event", BELFRY_FIELD(log.format)),
      of("sim.seed", "Seed of the simulated network; 0: a new one each start",
         BELFRY_FIELD(sim.seed)),
      of("speech.voice", "Voice of <Say> without one", BELFRY_FIELD(speech.voice)),
      of("speech.language", "Language of <Say> without one", BELFRY_FIELD(speech.language)),
      of("speech.cache_mb", "Memory for spoken sentences, in MiB", BELFRY_FIELD(speech.cache_mb)),
      of("speech.recognition",
         "What understands callers: pocketsphinx (English, offline), when its models are "
         "installed, "
         "or none",
         BELFRY_FIELD(speech.recognition)),
      of("speech.listen_to",
         "Parties that are listened to at the same time; each takes 95 MB and up to a quarter of a "
         "core",
         BELFRY_FIELD(speech.listen_to)),
      of("webhook.allow",
         "Private addresses that webhooks may go to, as CIDR:port or host:port; "
         "loopback is allowed while every listener is on loopback",
         BELFRY_FIELD(webhook.allow)),
      of("webhook.ca_file",
         "Certificate authorities (PEM) that webhooks and media streams may have beside the "
         "system's",
         BELFRY_FIELD(webhook.ca_file)),
      of("flux.from", "Number that Flux calls show; empty: twilio.phone_number",
         BELFRY_FIELD(flux.from)),
      of("flux.webhook_url", "Is told `task.acknowledged`; empty: nobody",
         BELFRY_FIELD(flux.webhook_url)),
      of("flux.webhook_secret",
         "Signs it by Standard Webhooks (whsec_...), beside X-Twilio-Signature",
         BELFRY_FIELD(flux.webhook_secret), secret),
      of("flux.validate_signatures",
         "Check X-Twilio-Signature of its webhooks; auto: of callers "
         "that are not on loopback",
         BELFRY_FIELD(flux.validate_signatures)),
      of("flux.calling_from",
         "Hour of the callee's day from which trunks are asked to call; all time zones of the "
         "country must agree",
         BELFRY_FIELD(flux.calling_from)),
      of("flux.calling_until", "Hour until which; from 0 until 24: any hour",
         BELFRY_FIELD(flux.calling_until)),
      of("flux.rate_per_minute",
         "Calls that one client may ask for in a minute; 0: 60, and "
         "no limit for callers on loopback",
         BELFRY_FIELD(flux.rate_per_minute)),
      of("kin.base_url",
         "How the outside reaches KIN's documents and webhooks; empty: http.public_url",
         BELFRY_FIELD(kin.base_url), {.environment = "TWILIO_WEBHOOK_BASE_URL"}),
      of("kin.voice_url", "Without kin.base_url, its scheme and host are taken from here",
         BELFRY_FIELD(kin.voice_url), {.environment = "TWILIO_VOICE_WEBHOOK_URL"}),
      of("kin.status_url", "Likewise", BELFRY_FIELD(kin.status_url),
         {.environment = "TWILIO_STATUS_WEBHOOK_URL"}),
      of("kin.recording_url", "Likewise", BELFRY_FIELD(kin.recording_url),
         {.environment = "TWILIO_RECORDING_WEBHOOK_URL"}),
      of("kin.number",
         "Number whose calls KIN answers, and that calls of its browsers show; empty: none, and "
         "they show twilio.phone_number",
         BELFRY_FIELD(kin.number)),
      of("kin.sales", "Who rings for 1 in KIN's menu: numbers, client: and sip: addresses",
         BELFRY_FIELD(kin.sales)),
      of("kin.support", "Likewise for 2", BELFRY_FIELD(kin.support)),
      of("kin.reception", "Likewise for 3", BELFRY_FIELD(kin.reception)),
      of("kin.agent", "Who rings when KIN's number is called; nobody: the voicemail answers",
         BELFRY_FIELD(kin.agent)),
      of("kin.validate_signatures",
         "Check X-Twilio-Signature of its webhooks; auto: of callers that are not on loopback or "
         "come by a proxy",
         BELFRY_FIELD(kin.validate_signatures)),
      of("kin.fitting_statuses",
         "Answer failures of the telephony with 400, 404 or 503 instead of 200",
         BELFRY_FIELD(kin.fitting_statuses)),
      of("kin.rate_per_minute",
         "Calls and tokens that one client may ask for in a minute; 0: 60, and no limit for "
         "callers on loopback",
         BELFRY_FIELD(kin.rate_per_minute)),
      of("take5.outbound_number",
         "Number that Take5's calls show and its messages come from: E.164, or the SID of one of "
         "our "
         "numbers; empty: twilio.phone_number",
         BELFRY_FIELD(take5.outbound_number), {.environment = "CHIME_OUTBOUND_PHONE_NUMBER"}),
      of("take5.record", "Record group calls; the participants are told",
         BELFRY_FIELD(take5.record), {.environment = "CHIME_RECORDING_ENABLED"}),
      of("take5.detect_machines", "Hang up on answering machines",
         BELFRY_FIELD(take5.detect_machines)),
      of("take5.international", "Take numbers of other countries, in + form",
         BELFRY_FIELD(take5.international)),
      of("take5.ring_timeout", "Seconds for which a member's phone rings",
         BELFRY_FIELD(take5.ring_timeout)),
      of("take5.retries", "How often a member who does not answer is called again",
         BELFRY_FIELD(take5.retries)),
      of("take5.max_duration",
         "Seconds after which a group call ends, whatever its group has planned",
         BELFRY_FIELD(take5.max_duration)),
      of("take5.max_participants", "Members of a group, and participants of a call",
         BELFRY_FIELD(take5.max_participants)),
      of("take5.notice", "Seconds before the end of a call at which it is announced; 0: it is not",
         BELFRY_FIELD(take5.notice)),
      of("take5.reminder", "Seconds before a call at which its members get a text message",
         BELFRY_FIELD(take5.reminder)),
      of("take5.rate_per_minute",
         "Changes that one client may ask for in a minute; 0: 60, and no limit for callers on "
         "loopback",
         BELFRY_FIELD(take5.rate_per_minute)),
      of("take5.environment", "Value of the metric dimension Environment",
         BELFRY_FIELD(take5.environment), {.environment = "NODE_ENV"}),
      of("take5.seed", "Make sample users and groups where there are none",
         BELFRY_FIELD(take5.seed), {.environment = "SEED_DATABASE"}),
      of("take5.port", "Another port of http.extra_ports; 0: none", BELFRY_FIELD(take5.port),
         {.environment = "PORT"}),
      of("twilio.application_sid",
         "Application of the tokens that KIN makes; empty: one of its own",
         BELFRY_FIELD(twilio.application_sid), {.environment = "TWILIO_APPLICATION_SID"}),
      of("twilio.twiml_app_sid", "Another name of it, for when the first is empty",
         BELFRY_FIELD(twilio.twiml_app_sid), {.environment = "TWILIO_TWIML_APP_SID"}),
      of("twilio.api_key_sid", "API key that signs tokens; empty: our own",
         BELFRY_FIELD(twilio.api_key_sid), {.environment = "TWILIO_API_KEY_SID"}),
      of("twilio.api_key_secret", "Its secret", BELFRY_FIELD(twilio.api_key_secret),
         {.secret = true, .environment = "TWILIO_API_KEY_SECRET"}),
      of("twilio.edge", "Edge that pages with the Voice SDK are told, where they asked for any",
         BELFRY_FIELD(twilio.edge)),
      of("twilio.region", "Region that they are told", BELFRY_FIELD(twilio.region)),
      of("twilio.home",
         "Home region that they are told: their telemetry goes to eventgw.<home>.twilio.com",
         BELFRY_FIELD(twilio.home)),
      of("twilio.account_sid", "Account SID of the applications; not set: our own; empty: none",
         BELFRY_FIELD(twilio.account_sid), {.environment = "TWILIO_ACCOUNT_SID"}),
      of("twilio.auth_token", "Auth token of the applications; not set: our own; empty: none",
         BELFRY_FIELD(twilio.auth_token), {.secret = true, .environment = "TWILIO_AUTH_TOKEN"}),
      of("twilio.phone_number",
         "Caller number of the applications; not set: one of ours; empty: "
         "none",
         BELFRY_FIELD(twilio.phone_number), {.environment = "TWILIO_PHONE_NUMBER"}),
      of("aws.access_key_id",
         "Access key that AWS clients of this server may use beside the ones it has made, and that "
         "this server uses as a client; empty: the usual chain of a client",
         BELFRY_FIELD(aws.access_key_id), {.environment = "AWS_ACCESS_KEY_ID"}),
      of("aws.secret_access_key", "Its secret", BELFRY_FIELD(aws.secret_access_key),
         {.secret = true, .environment = "AWS_SECRET_ACCESS_KEY"}),
      of("aws.region", "Region of what is sent to AWS", BELFRY_FIELD(aws.region),
         {.environment = "AWS_REGION"}),
      of("aws.endpoint_url", "Where it is sent instead of AWS; empty: to AWS",
         BELFRY_FIELD(aws.endpoint_url), {.environment = "AWS_ENDPOINT_URL"}),
      of("aws.profile", "Profile of ~/.aws/credentials to use when no access key is set",
         BELFRY_FIELD(aws.profile), {.environment = "AWS_PROFILE"}),
      of("aws.send_metrics", "Measurements of applications are also sent to CloudWatch",
         BELFRY_FIELD(aws.send_metrics)),
      of("aws.send_messages", "Text messages leave by SNS", BELFRY_FIELD(aws.send_messages)),
      of("aws.message_prefix", "Only those to numbers that begin so; empty: all",
         BELFRY_FIELD(aws.message_prefix)),
      of("aws.recordings_bucket", "S3 bucket that gets a copy of each recording; empty: none",
         BELFRY_FIELD(aws.recordings_bucket)),
      of("aws.recordings_key",
         "Name of the copy; {account}, {call}, {recording} and {date} are filled in",
         BELFRY_FIELD(aws.recordings_key)),
      of("aws.recordings_encryption",
         "x-amz-server-side-encryption of the copy: AES256, aws:kms; empty: the header is not sent",
         BELFRY_FIELD(aws.recordings_encryption)),
      of("calls.ring_timeout", "Seconds until an unanswered call is given up",
         BELFRY_FIELD(calls.ring_timeout)),
      of("calls.max_duration", "Seconds until an answered call is ended",
         BELFRY_FIELD(calls.max_duration)),
      of("calls.max_live", "Legs at once; more are refused with 503", BELFRY_FIELD(calls.max_live)),
      of("calls.conferences_per_account", "Conferences at once; more are error 16021",
         BELFRY_FIELD(calls.conferences_per_account)),
      of("calls.shed_load",
         "Refuse new calls with 503 while calls in progress would suffer (the control loop, media "
         "or "
         "writes are late, memory runs out)",
         BELFRY_FIELD(calls.shed_load)),
      of("calls.allowed_countries",
         "Where trunks may be asked to call, as ISO 3166-1 codes (+1 is many of them); only "
         "ordinary kinds of numbers there. *: every number but emergency ones",
         BELFRY_FIELD(calls.allowed_countries)),
      of("calls.trunk_calls_at_once", "Calls through trunks at once, for each account; 0: no cap",
         BELFRY_FIELD(calls.trunk_calls_at_once)),
      of("calls.trunk_calls_a_day", "The same a day (UTC)", BELFRY_FIELD(calls.trunk_calls_a_day)),
      of("calls.trunk_minutes_a_day", "Minutes of calls through trunks a day, for each account",
         BELFRY_FIELD(calls.trunk_minutes_a_day)),
      of("calls.calls_to_one_number_an_hour",
         "Calls through trunks to one number in an hour, for each account",
         BELFRY_FIELD(calls.calls_to_one_number_an_hour)),
      of("messages.per_day",
         "Text messages that an account may send through carriers in a UTC day; 0: no limit",
         BELFRY_FIELD(messages.per_day)),
      of("messages.sender_interval_ms", "Milliseconds between two text messages of one sender",
         BELFRY_FIELD(messages.sender_interval_ms)),
      of("messages.queue_per_sender",
         "Text messages of one sender that may wait; more are error 21611",
         BELFRY_FIELD(messages.queue_per_sender)),
      of("retention.calls", "Days that ended calls with their events, messages and usage are kept",
         BELFRY_FIELD(retention.calls)),
      of("retention.deliveries",
         "Days that delivered callbacks and the debugger's notifications are kept",
         BELFRY_FIELD(retention.deliveries)),
      of("retention.recordings", "Days that recordings and their copies are kept",
         BELFRY_FIELD(retention.recordings)),
      of("recording.notice",
         "How a party learns that it is recorded; off: the application tells it, as with Twilio",
         BELFRY_FIELD(recording.notice)),
      of("recording.seal", "Finished recordings are kept encrypted, each with a key of its own",
         BELFRY_FIELD(recording.seal)),
  };
}

}  // namespace

const std::vector<Setting<Config>>& settings() {
  static const auto table = make_settings();
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
