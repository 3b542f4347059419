// A configuration file of any bytes is read or refused, and what was read can be shown.
#include <cstdlib>

#include "server/config/describe.hpp"
#include "server/config/file_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  namespace server = belfry::server;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto document = server::parse_toml(text);
  if (!document) return 0;
  server::LoadedConfig loaded;
  loaded.file = "f";
  server::Mistakes mistakes;
  server::read_file_values(*document, loaded.file, loaded, mistakes);
  if (server::describe(loaded).empty()) std::abort();
  const auto shown = server::describe_json(loaded);
  const auto again = belfry::base::json::parse(belfry::base::json::serialize(shown));
  if (!again && again.error().code != belfry::base::Errc::too_large) std::abort();
  return 0;
}
