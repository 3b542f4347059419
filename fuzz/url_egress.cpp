// URLs and the egress filter (rule W1): what is accepted reads the same when written down, and no
// numeric host that is private passes a policy without exceptions.
#include <cstdlib>

#include "net/egress_policy.hpp"

using namespace belfry::net;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  static_cast<void>(Address::parse(text));
  static_cast<void>(Network::parse(text));
  static_cast<void>(EgressPolicy::create({true, {std::string(text)}, {}}));
  static const Url base = *Url::parse("http://u:p@base.example/a/b?c");
  if (const auto resolved = base.resolve(text)) {
    if (resolved->user && !resolved->same_origin(base) && !text.contains('@')) std::abort();
  }
  const auto url = Url::parse(text);
  if (!url) return 0;
  const auto again = Url::parse(url->to_string());
  if (!again || again->to_string() != url->to_string() || again->host != url->host) std::abort();
  if (url->host.empty() || !url->path.starts_with('/')) std::abort();
  const EgressPolicy closed;
  if (closed.check_url(*url)) {
    if (url->port == 0 || url->port == 22 || url->port == 25) std::abort();
    if (url->ip && is_special_purpose(*url->ip)) std::abort();
  }
  return 0;
}
