#pragma once
#include "twiml/callbacks.hpp"

namespace belfry::twiml {

/// `<Stream>` in `<Connect>`, `<Start>` and `<Stop>`.
struct Stream {
  std::string name;
  std::string url;
  std::string track = "inbound_track";
  std::string status_callback;
  std::string status_callback_method = "POST";
  std::vector<Parameter> parameters;
};

enum class StreamUse { connect, start, stop };

/// Findings: 31922 URL not wss (ws is left to the executor's switch), 31941 track, 12200 a
/// parameter above 500 characters.
Stream read_stream(const Element& element, Findings& findings, StreamUse use);

}  // namespace belfry::twiml
