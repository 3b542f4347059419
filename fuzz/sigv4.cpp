// Authorization headers and presigned queries: none is believed without the secret, whatever it
// says; one that is signed by us is.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/encoding.hpp"
#include "identity/sigv4.hpp"

namespace sigv4 = belfry::identity::sigv4;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const std::string first(text.substr(0, text.find('\n')));
  const std::string second(first.size() < text.size() ? text.substr(first.size() + 1) : "");
  const auto now = *sigv4::parse_amz_date("20150830T123600Z");
  const std::string hash = belfry::base::sha256_hex("");
  sigv4::Request request{
      "GET", "/" + second, second, {{"host", "a"}, {"x-amz-date", "20150830T123600Z"}}
  };
  if (!first.empty()) request.headers.emplace_back("authorization", first);
  if (const auto claim = sigv4::read_claim(request)) {
    if (!sigv4::verify(*claim, request, hash, "a secret that nobody knows", now)) std::abort();
  }
  sigv4::Request ours{"POST", "/" + second, second, {{"host", "a"}, {"x-own", first}}};
  sigv4::sign(ours, hash, {"AKID", "secret"}, "us-east-1", "sns", now);
  const auto claim = sigv4::read_claim(ours);
  if (!claim || sigv4::verify(*claim, ours, hash, "secret", now)) std::abort();
  return 0;
}
