#pragma once
#include "twiml/callbacks.hpp"
#include "twiml/media_streams.hpp"
#include "twiml/step.hpp"

namespace belfry::twiml {

class Session;

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

/// `<Start>`: a stream in the background, on a leg that has been answered. What is wrong is a
/// warning of the timeline.
void start_stream(const Stream& stream, Session& session);
/// `<Stop>`: ends the background stream of that name.
void stop_stream(const Stream& stream, Session& session);
/// `<Connect>`: both ways, until the application ends it.
base::Task<void> connect_stream(const Stream& stream, Session& session);

}  // namespace belfry::twiml
