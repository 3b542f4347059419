// Requests, forms and templates: in whatever pieces its bytes arrive, a request is the same request
// or refused; what is accepted can be written down and read again; nothing reads beyond its bytes.
#include <cstdlib>

#include "http/form.hpp"
#include "http/request_reader.hpp"

using namespace belfry::http;

namespace {

constexpr std::size_t body_limit = 4096;

struct Outcome {
  Head head;
  bool accepted = false;
  bool complete = false;
  std::string body;
  std::string rest;
};

/// Feeds `text` in pieces of `step` bytes.
Outcome read(std::string_view text, std::size_t step) {
  RequestReader reader;
  Outcome outcome;
  std::string buffer;
  while (!outcome.complete && !text.empty()) {
    buffer += text.substr(0, step);
    text.remove_prefix(std::min(step, text.size()));
    if (!outcome.accepted) {
      const auto whole = reader.read_head(buffer);
      if (!whole) return {};
      outcome.accepted = *whole;
    }
    if (!outcome.accepted) continue;
    const auto whole = reader.read_body(buffer, body_limit);
    if (!whole) return {};
    outcome.complete = *whole;
  }
  outcome.head = reader.head();
  outcome.body = reader.take_body();
  outcome.rest = buffer.append(text);
  return outcome;
}

void check_request(std::string_view text) {
  const Outcome outcome = read(text, text.size());
  const Outcome drip = read(text, 1);
  if (outcome.complete != drip.complete) std::abort();
  if (!outcome.complete) return;
  const Head& head = outcome.head;
  if (outcome.body != drip.body || outcome.rest != drip.rest || head.target != drip.head.target)
    std::abort();
  if (outcome.body.size() > body_limit) std::abort();
  if (head.target != "*" && !head.target.starts_with('/')) std::abort();
  if (head.chunked && head.content_length) std::abort();
  std::string again =
      head.method + " " + head.target + " HTTP/1." + std::to_string(head.minor_version) + "\r\n";
  for (const auto& [name, value] : head.headers) again += name + ": " + value + "\r\n";
  again += "\r\n";
  RequestReader second({.target = 1 << 20, .bytes = 1 << 20});
  const auto whole = second.read_head(again);
  if (!whole || !*whole || second.head().target != head.target ||
      second.head().content_length != head.content_length)
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  check_request(text);
  check_request(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(text)
  );
  if (const auto form = Form::parse(text)) {
    const auto again = Form::parse(form->serialize());
    if (!again || again->fields() != form->fields()) std::abort();
  }
  return 0;
}
