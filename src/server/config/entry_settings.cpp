#include "server/config/setting_maker.hpp"

/// What can be set in the entries of lists: `[[trunk]]`, `[[route]]` ...

namespace belfry::server {
namespace {

std::vector<Setting<TrunkConfig>> make_trunk_settings() {
  const auto of_trunk = [](auto... arguments) { return setting<TrunkConfig>(arguments...); };
  return {
      of_trunk("name", "Names it in routes", BELFRY_FIELD(name), required),
      of_trunk("host", "host[:port]; a name may have SRV records", BELFRY_FIELD(host), required),
      of_trunk("transport", "How it is reached", BELFRY_FIELD(transport)),
      of_trunk(
          "username", "With a password: answers the carrier's digest challenge",
          BELFRY_FIELD(username)
      ),
      of_trunk("password", "", BELFRY_FIELD(password), secret),
      of_trunk("register", "REGISTER there", BELFRY_FIELD(register_out)),
      of_trunk("max_calls_per_second", "New calls a second", BELFRY_FIELD(max_calls_per_second)),
      of_trunk("max_channels", "Calls at once", BELFRY_FIELD(max_channels)),
      of_trunk(
          "max_waiting", "Calls that may wait up to 10 s for their turn; more go another way",
          BELFRY_FIELD(max_waiting)
      ),
      of_trunk(
          "country",
          "ISO 3166-1: how numbers without + are read that come from it; empty: they stay",
          BELFRY_FIELD(country)
      ),
      of_trunk("srtp", "Whether audio is encrypted; needs transport tls", BELFRY_FIELD(srtp)),
  };
}

std::vector<Setting<RouteConfig>> make_route_settings() {
  const auto of_route = [](auto... arguments) { return setting<RouteConfig>(arguments...); };
  return {
      of_route(
          "prefix", "Numbers that begin so; the longest wins; empty: all", BELFRY_FIELD(prefix)
      ),
      of_route(
          "trunk", "Where they go: a trunk's name or \"simulator\"", BELFRY_FIELD(trunk), required
      ),
      of_route(
          "caller_id", "Number shown to the party; empty: the call's own", BELFRY_FIELD(caller_id)
      ),
      of_route("priority", "Lower is tried first", BELFRY_FIELD(priority)),
      of_route("weight", "Share among equal priorities", BELFRY_FIELD(weight)),
  };
}

std::vector<Setting<PhoneConfig>> make_phone_settings() {
  const auto of_phone = [](auto... arguments) { return setting<PhoneConfig>(arguments...); };
  return {
      of_phone("user", "User name in REGISTER", BELFRY_FIELD(user), required),
      of_phone(
          "password", "For digest", BELFRY_FIELD(password), Traits{.required = true, .secret = true}
      ),
      of_phone("number", "Rings when this number is called", BELFRY_FIELD(number)),
      of_phone(
          "srtp", "Whether audio is encrypted; for phones that register over TLS",
          BELFRY_FIELD(srtp)
      ),
  };
}

std::vector<Setting<NumberConfig>> make_number_settings() {
  const auto of_number = [](auto... arguments) { return setting<NumberConfig>(arguments...); };
  return {
      of_number("number", "The number that is called", BELFRY_FIELD(number), required),
      of_number("voice_url", "Where the TwiML of its calls comes from", BELFRY_FIELD(voice_url)),
      of_number("voice_method", "How it is fetched", BELFRY_FIELD(voice_method)),
      of_number("fallback_url", "Asked when voice_url fails", BELFRY_FIELD(fallback_url)),
      of_number("twiml", "TwiML itself, instead of voice_url", BELFRY_FIELD(twiml)),
      of_number("status_callback", "Is told when a call to it ends", BELFRY_FIELD(status_callback)),
      of_number("sms_url", "Is asked when a text message arrives", BELFRY_FIELD(sms_url)),
      of_number("sms_method", "How it is asked", BELFRY_FIELD(sms_method)),
      of_number("sms_fallback_url", "Asked when sms_url fails", BELFRY_FIELD(sms_fallback_url)),
  };
}

std::vector<Setting<MessageCarrierConfig>> make_message_carrier_settings() {
  const auto of_carrier = [](auto... arguments) {
    return setting<MessageCarrierConfig>(arguments...);
  };
  return {
      of_carrier(
          "name", "Names it in logs and URLs: letters, digits, dashes", BELFRY_FIELD(name), required
      ),
      of_carrier(
          "url", "Base of its Messages API, such as https://api.twilio.com", BELFRY_FIELD(url),
          required
      ),
      of_carrier("account_sid", "Our account there", BELFRY_FIELD(account_sid), required),
      of_carrier(
          "auth_token", "Its token: sent as Basic authentication, and checks its callbacks",
          BELFRY_FIELD(auth_token), Traits{.required = true, .secret = true}
      ),
      of_carrier(
          "prefix", "Numbers that begin so go there; the longest wins; empty: all",
          BELFRY_FIELD(prefix)
      ),
  };
}

std::vector<Setting<SiprecConfig>> make_siprec_settings() {
  const auto of_siprec = [](auto... arguments) { return setting<SiprecConfig>(arguments...); };
  return {
      of_siprec("name", "What `connectorName` calls it", BELFRY_FIELD(name), required),
      of_siprec(
          "uri",
          "The session recording server: sip:srs@host:port;transport=tcp; udp, tcp or tls, a name "
          "may have SRV records",
          BELFRY_FIELD(uri), required
      ),
      of_siprec(
          "username", "With a password: answers its digest challenge", BELFRY_FIELD(username)
      ),
      of_siprec("password", "", BELFRY_FIELD(password), secret),
      of_siprec("srtp", "Whether audio is encrypted; needs transport=tls", BELFRY_FIELD(srtp)),
  };
}

}  // namespace

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

}  // namespace belfry::server
