#include "sip/transaction_key.hpp"

#include "base/text.hpp"

namespace belfry::sip {
namespace {

/// Parts are told apart by a byte that no header value can hold.
constexpr char separator = '\n';

void append(std::string& key, std::string_view part) {
  key += part;
  key += separator;
}

}  // namespace

std::string client_key(const Message& message) {
  const auto via = message.top_via();
  const auto cseq = message.cseq();
  if (!via || !cseq) return "";
  std::string key;
  append(key, via->branch());
  append(key, cseq->method_view);
  return key;
}

std::string server_key(const Message& request, std::string_view method) {
  const auto via = request.top_via();
  if (!via) return "";
  std::string key;
  append(key, method);
  append(key, base::to_lower(via->host_view));
  append(key, std::to_string(via->port.value_or(0)));
  append(key, via->branch());
  if (via->has_cookie()) return key;
  // The To tag is left out for INVITE, because its ACK carries one that the INVITE had not.
  const auto cseq = request.cseq();
  append(key, request.request_uri_text());
  append(key, request.from_tag());
  append(key, request.call_id());
  append(key, std::to_string(cseq ? cseq->number : 0));
  if (method != to_string(Method::invite)) append(key, request.to_tag());
  return key;
}

std::string merge_key(const Message& request) {
  std::string key;
  append(key, request.from_tag());
  append(key, request.call_id());
  append(key, request.header(HeaderId::cseq).value_or(""));
  return key;
}

}  // namespace belfry::sip
