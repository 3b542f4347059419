// Heads, chunked bodies, forms and templates: a head that is accepted can be written down and read
// again as the same request, and nothing reads beyond its bytes.
#include <cstdlib>

#include "http/body_reader.hpp"
#include "http/form.hpp"
#include "http/head.hpp"
#include "http/wire.hpp"

using namespace belfry::http;

namespace {

void check_head(std::string_view text) {
  const auto end = find_head(text, {});
  if (!end || !*end) return;
  const auto head = parse_head(text.substr(0, **end), {});
  if (!head) return;
  if (head->target != "*" && !head->target.starts_with('/')) std::abort();
  if (head->chunked && head->content_length) std::abort();
  std::string again =
      head->method + " " + head->target + " HTTP/1." + std::to_string(head->minor_version) + "\r\n";
  for (const auto& [name, value] : head->headers) again += name + ": " + value + "\r\n";
  const auto second = parse_head(again + "\r\n", {.target = 1 << 20, .bytes = 1 << 20});
  if (!second || second->target != head->target || second->content_length != head->content_length)
    std::abort();
  BodyReader reader(*head, 4096);
  std::string rest(text.substr(**end));
  const auto complete = reader.feed(rest);
  if (complete && reader.take().size() > 4096) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  check_head(text);
  static_cast<void>(guess_request(text));
  if (const auto form = Form::parse(text)) {
    const auto again = Form::parse(form->serialize());
    if (!again || again->fields() != form->fields()) std::abort();
  }
  Head chunked;
  chunked.chunked = true;
  BodyReader reader(chunked, 4096);
  std::string buffer;
  for (const char byte : text.substr(0, 4096)) {
    buffer += byte;
    const auto complete = reader.feed(buffer);
    if (!complete || *complete) break;
  }
  return 0;
}
