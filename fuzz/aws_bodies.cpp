// Bodies of AWS's protocols: what parses is within bounds, can be written again as CBOR and reads
// back the same, and its members can be asked for by any name.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "compat/aws/cbor.hpp"
#include "compat/aws/input.hpp"
#include "compat/aws/output.hpp"
#include "compat/aws/query_body.hpp"
#include "compat/aws/xml.hpp"

using namespace belfry::compat::aws;
namespace json = belfry::base::json;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void ask(const json::object& members) {
  const Input input(members);
  for (const auto& member : members) {
    const std::string_view name = member.key();
    static_cast<void>(input.text(name));
    static_cast<void>(input.number(name));
    static_cast<void>(input.time(name));
    static_cast<void>(input.flag(name));
    static_cast<void>(input.numbers(name));
    require(input.texts(name).size() <= 100'000);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (const auto members = parse_query_body(text)) ask(*members);
  const auto value = parse_cbor(text);
  if (!value) return 0;
  if (value->is_object()) ask(value->get_object());
  require(parse_cbor(to_cbor(*value)).has_value());
  return 0;
}
