#include <array>

#include "base/text.hpp"
#include "sip/flow.hpp"
#include "sip/message.hpp"

namespace belfry::sip {
namespace {

constexpr std::array<std::string_view, 15> method_names = {
    "INVITE", "ACK",   "BYE",    "CANCEL",    "OPTIONS", "REGISTER", "INFO", "UPDATE",
    "PRACK",  "REFER", "NOTIFY", "SUBSCRIBE", "MESSAGE", "PUBLISH",  ""
};

enum class Repeat : bool { no, yes };
struct HeaderName {
  HeaderId id;
  std::string_view name;
  char compact;  // 0: none
  Repeat repeat;
};
using enum HeaderId;
using enum Repeat;
constexpr auto header_names = std::to_array<HeaderName>({
    {accept, "Accept", 0, yes},
    {accept_encoding, "Accept-Encoding", 0, yes},
    {accept_language, "Accept-Language", 0, yes},
    {alert_info, "Alert-Info", 0, yes},
    {allow, "Allow", 0, yes},
    {allow_events, "Allow-Events", 'u', yes},
    {authentication_info, "Authentication-Info", 0, no},
    {authorization, "Authorization", 0, yes},
    {call_id, "Call-ID", 'i', no},
    {call_info, "Call-Info", 0, yes},
    {contact, "Contact", 'm', yes},
    {content_disposition, "Content-Disposition", 0, no},
    {content_encoding, "Content-Encoding", 'e', yes},
    {content_language, "Content-Language", 0, yes},
    {content_length, "Content-Length", 'l', no},
    {content_type, "Content-Type", 'c', no},
    {cseq, "CSeq", 0, no},
    {date, "Date", 0, no},
    {diversion, "Diversion", 0, yes},
    {error_info, "Error-Info", 0, yes},
    {event, "Event", 'o', no},
    {expires, "Expires", 0, no},
    {from, "From", 'f', no},
    {history_info, "History-Info", 0, yes},
    {in_reply_to, "In-Reply-To", 0, yes},
    {max_forwards, "Max-Forwards", 0, no},
    {mime_version, "MIME-Version", 0, no},
    {min_expires, "Min-Expires", 0, no},
    {min_se, "Min-SE", 0, no},
    {organization, "Organization", 0, no},
    {p_asserted_identity, "P-Asserted-Identity", 0, yes},
    {p_preferred_identity, "P-Preferred-Identity", 0, yes},
    {path, "Path", 0, yes},
    {priority, "Priority", 0, no},
    {privacy, "Privacy", 0, yes},
    {proxy_authenticate, "Proxy-Authenticate", 0, yes},
    {proxy_authorization, "Proxy-Authorization", 0, yes},
    {proxy_require, "Proxy-Require", 0, yes},
    {rack, "RAck", 0, no},
    {reason, "Reason", 0, yes},
    {record_route, "Record-Route", 0, yes},
    {refer_sub, "Refer-Sub", 0, no},
    {refer_to, "Refer-To", 'r', no},
    {referred_by, "Referred-By", 'b', no},
    {remote_party_id, "Remote-Party-ID", 0, yes},
    {replaces, "Replaces", 0, no},
    {reply_to, "Reply-To", 0, no},
    {require, "Require", 0, yes},
    {retry_after, "Retry-After", 0, no},
    {route, "Route", 0, yes},
    {rseq, "RSeq", 0, no},
    {server, "Server", 0, no},
    {service_route, "Service-Route", 0, yes},
    {session_expires, "Session-Expires", 'x', no},
    {sip_etag, "SIP-ETag", 0, no},
    {sip_if_match, "SIP-If-Match", 0, no},
    {subject, "Subject", 's', no},
    {subscription_state, "Subscription-State", 0, no},
    {supported, "Supported", 'k', yes},
    {timestamp, "Timestamp", 0, no},
    {to, "To", 't', no},
    {unsupported, "Unsupported", 0, yes},
    {user_agent, "User-Agent", 0, no},
    {via, "Via", 'v', yes},
    {warning, "Warning", 0, yes},
    {www_authenticate, "WWW-Authenticate", 0, yes},
});

constexpr std::size_t table_size = 256;
constexpr char lower(char character) {
  return character >= 'A' && character <= 'Z' ? static_cast<char>(character + 32) : character;
}
constexpr std::size_t hash(std::string_view name) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(lower(name[i])); };
  return (name.size() * 31U + at(0) * 7U + at(name.size() - 1) * 13U + at(name.size() / 2) * 29U) %
         table_size;
}
/// Open addressing; a slot holds the index of a header name plus one.
constexpr auto hash_table = [] {
  std::array<std::uint8_t, table_size> table{};
  for (std::size_t i = 0; i < header_names.size(); ++i) {
    std::size_t slot = hash(header_names[i].name);
    while (table[slot] != 0) slot = (slot + 1) % table_size;
    table[slot] = static_cast<std::uint8_t>(i + 1);
  }
  return table;
}();
constexpr bool names_stand_in_order = [] {
  for (std::size_t i = 0; i < header_names.size(); ++i)
    if (header_names[i].id != static_cast<HeaderId>(i + 1)) return false;
  return true;
}();
static_assert(names_stand_in_order, "to_string and is_single index the table by HeaderId");

HeaderId compact_header(char letter) {
  for (const HeaderName& entry : header_names)
    if (entry.compact == lower(letter)) return entry.id;
  return HeaderId::other;
}

struct Phrase {
  int status;
  std::string_view text;
};
constexpr auto phrases = std::to_array<Phrase>({
    {100, "Trying"},
    {180, "Ringing"},
    {181, "Call Is Being Forwarded"},
    {182, "Queued"},
    {183, "Session Progress"},
    {199, "Early Dialog Terminated"},
    {200, "OK"},
    {202, "Accepted"},
    {204, "No Notification"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Moved Temporarily"},
    {305, "Use Proxy"},
    {380, "Alternative Service"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {410, "Gone"},
    {412, "Conditional Request Failed"},
    {413, "Request Entity Too Large"},
    {414, "Request-URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Unsupported URI Scheme"},
    {420, "Bad Extension"},
    {421, "Extension Required"},
    {422, "Session Interval Too Small"},
    {423, "Interval Too Brief"},
    {429, "Provide Referrer Identity"},
    {430, "Flow Failed"},
    {433, "Anonymity Disallowed"},
    {439, "First Hop Lacks Outbound Support"},
    {480, "Temporarily Unavailable"},
    {481, "Call/Transaction Does Not Exist"},
    {482, "Loop Detected"},
    {483, "Too Many Hops"},
    {484, "Address Incomplete"},
    {485, "Ambiguous"},
    {486, "Busy Here"},
    {487, "Request Terminated"},
    {488, "Not Acceptable Here"},
    {489, "Bad Event"},
    {491, "Request Pending"},
    {493, "Undecipherable"},
    {494, "Security Agreement Required"},
    {500, "Server Internal Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Server Time-out"},
    {505, "Version Not Supported"},
    {513, "Message Too Large"},
    {580, "Precondition Failure"},
    {600, "Busy Everywhere"},
    {603, "Decline"},
    {604, "Does Not Exist Anywhere"},
    {606, "Not Acceptable"},
    {607, "Unwanted"},
});

}  // namespace

Method method_from(std::string_view name) {
  for (std::size_t i = 0; i + 1 < method_names.size(); ++i)
    if (method_names[i] == name) return static_cast<Method>(i);
  return Method::other;
}

std::string_view to_string(Method method) {
  return method_names[static_cast<std::size_t>(method)];
}

HeaderId header_id(std::string_view name) {
  if (name.empty()) return HeaderId::other;
  if (name.size() == 1) return compact_header(name[0]);
  for (std::size_t slot = hash(name); hash_table[slot] != 0; slot = (slot + 1) % table_size) {
    const HeaderName& entry = header_names[hash_table[slot] - 1U];
    if (base::equals_ignoring_case(entry.name, name)) return entry.id;
  }
  return HeaderId::other;
}

std::string_view to_string(HeaderId id) {
  if (id == HeaderId::other) return "";
  return header_names[static_cast<std::size_t>(id) - 1].name;
}

bool is_single(HeaderId id) {
  return id != HeaderId::other && header_names[static_cast<std::size_t>(id) - 1].repeat == no;
}

std::string_view reason_phrase(int status) {
  for (const Phrase& phrase : phrases)
    if (phrase.status == status) return phrase.text;
  // RFC 3261 §8.1.3.2: an unknown code means what x00 means; 183 stands for the unknown 1xx.
  const int class_code = status < 200 ? 183 : status / 100 * 100;
  return class_code == status || class_code > 600 ? "Unknown" : reason_phrase(class_code);
}

std::string_view to_string(Transport transport) {
  switch (transport) {
    case Transport::udp:
      return "UDP";
    case Transport::tcp:
      return "TCP";
    case Transport::tls:
      return "TLS";
  }
  return "";
}

std::string to_string(const Endpoint& endpoint) {
  return to_string(std::string_view(endpoint.address), endpoint.port);
}

}  // namespace belfry::sip
