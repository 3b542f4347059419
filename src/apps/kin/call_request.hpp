#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "call/recording_order.hpp"

namespace belfry::apps::kin {

/// Body of `POST /api/voice/calls`.
struct CallRequest {
  std::string to;
  std::string from;
  std::string twiml_url;  // empty: KIN's own greeting
  bool record = false;
  std::string recording_status_callback;  // empty: KIN's own webhook
  call::RecordingOrder::Channels channels = call::RecordingOrder::Channels::dual;
};

/// @return Errc::invalid_argument with the words of the document: "To and From are required", or
/// what is wrong with an option.
base::Result<CallRequest> read_call_request(std::string_view body);
/// Errc::invalid_argument "Identity is required", or one above 121 characters or with other than
/// printable ones.
base::Result<std::string> read_identity(std::string_view body);

}  // namespace belfry::apps::kin
