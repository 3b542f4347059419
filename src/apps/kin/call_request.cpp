#include "apps/kin/call_request.hpp"

#include "base/json.hpp"
#include "base/text.hpp"

namespace belfry::apps::kin {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using base::json::value;

constexpr std::size_t max_identity = 121;  // of a Voice SDK
constexpr std::size_t max_party = 512;

std::string text_member(const value& object, std::string_view name) {
  const auto* text = base::json::find_string(object, name);
  return text == nullptr ? std::string() : std::string(base::trim(std::string_view(*text)));
}

/// Absent and null are the same; another type is an error.
Result<std::string> option_text(const value& options, std::string_view name) {
  const value* member = base::json::find(options, name);
  if (member == nullptr || member->is_null()) return std::string();
  if (!member->is_string())
    return fail(Errc::invalid_argument, "options." + std::string(name) + " is not a text");
  return std::string(std::string_view(member->get_string()));
}

Result<std::string> option_url(const value& options, std::string_view name) {
  BELFRY_TRY(url, option_text(options, name));
  if (url.empty() || url.starts_with("http://") || url.starts_with("https://")) return url;
  return fail(Errc::invalid_argument, "options." + std::string(name) + " is not a web URL");
}

Result<> read_options(const value& options, CallRequest& request) {
  if (!options.is_object()) return fail(Errc::invalid_argument, "options is not an object");
  BELFRY_TRY(twiml_url, option_url(options, "twimlUrl"));
  request.twiml_url = std::move(twiml_url);
  BELFRY_TRY(callback, option_url(options, "recordingStatusCallback"));
  request.recording_status_callback = std::move(callback);
  BELFRY_TRY(channels, option_text(options, "recordingChannels"));
  if (!channels.empty() && channels != "dual" && channels != "mono")
    return fail(Errc::invalid_argument, "options.recordingChannels is mono or dual");
  if (channels == "mono") request.channels = call::RecordingOrder::Channels::mono;
  BELFRY_TRY(format, option_text(options, "recordingFormat"));
  if (!format.empty() && format != "wav")
    return fail(Errc::invalid_argument, "options.recordingFormat is wav");
  const value* record = base::json::find(options, "record");
  if (record == nullptr || record->is_null()) return {};
  if (!record->is_bool())
    return fail(Errc::invalid_argument, "options.record is not true or false");
  request.record = record->get_bool();
  return {};
}

}  // namespace

Result<CallRequest> read_call_request(std::string_view body) {
  const auto document = base::json::parse(body);
  CallRequest request;
  if (document) {
    request.to = text_member(*document, "to");
    request.from = text_member(*document, "from");
  }
  if (request.to.empty() || request.from.empty())
    return fail(Errc::invalid_argument, "To and From are required");
  if (request.to.size() > max_party || request.from.size() > max_party)
    return fail(Errc::invalid_argument, "To or From is too long");
  const value* options = base::json::find(*document, "options");
  if (options != nullptr && !options->is_null()) BELFRY_CHECK(read_options(*options, request));
  return request;
}

Result<std::string> read_identity(std::string_view body) {
  const auto document = base::json::parse(body);
  std::string identity = document ? text_member(*document, "identity") : std::string();
  if (identity.empty()) return fail(Errc::invalid_argument, "Identity is required");
  const bool printable = std::ranges::all_of(identity, [](char character) {
    return character > ' ' && character < 0x7F;
  });
  if (identity.size() > max_identity || !printable)
    return fail(Errc::invalid_argument, "Identity is at most 121 printable characters");
  return identity;
}

}  // namespace belfry::apps::kin
