// Bodies in `aws-chunked` coding and lists in XML, as S3's clients send them: what is read lies
// inside the body and says the same again; without the secret no signed chunk is believed.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "compat/aws/s3/chunked_body.hpp"
#include "compat/aws/s3/payload.hpp"
#include "compat/aws/s3/xml_body.hpp"
#include "identity/sigv4_chunks.hpp"

using namespace belfry::compat::aws::s3;
namespace sigv4 = belfry::identity::sigv4;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

std::string written(const ChunkedBody& body) {
  std::string text;
  for (const ChunkedBody::Chunk& chunk : body.chunks) {
    char size[20];
    std::snprintf(size, sizeof size, "%zx", chunk.bytes.size());
    text.append(size).append(";chunk-signature=").append(chunk.signature).append("\r\n");
    text.append(chunk.bytes).append(chunk.bytes.empty() ? "" : "\r\n");
  }
  for (const auto& [name, value] : body.trailers)
    text.append(name).append(":").append(value).append("\r\n");
  return text + "\r\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (const auto list = read_xml_list(text, "Delete", "Object"))
    require(list->items.size() <= 10'000);
  const auto body = read_chunks(text);
  Vouchers vouchers;
  vouchers.payload = sigv4::streaming_payload;
  vouchers.secret = "a secret that nobody knows";
  require(!check_payload(std::string(text), vouchers));
  if (!body) return 0;
  std::string bare;
  for (const ChunkedBody::Chunk& chunk : body->chunks) {
    require(
        chunk.bytes.empty() || (chunk.bytes.data() >= text.data() &&
                                chunk.bytes.data() + chunk.bytes.size() <= text.data() + size)
    );
    bare += chunk.bytes;
  }
  const std::string again = written(*body);
  const auto reread = read_chunks(again);
  require(reread && reread->chunks.size() == body->chunks.size());
  vouchers.payload = sigv4::streaming_unsigned_trailer;
  vouchers.may_be_unsigned = true;
  if (const auto payload = check_payload(std::string(text), vouchers))
    require(payload->bytes == bare);
  return 0;
}
