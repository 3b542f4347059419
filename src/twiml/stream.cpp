#include "twiml/stream.hpp"

#include "twiml/session.hpp"

namespace belfry::twiml {
Stream read_stream(const Element& element, Findings& findings, StreamUse use) {
  ElementReader reader(element, findings);
  Stream stream;
  stream.name = reader.text("name");
  stream.url = reader.text("url");
  const bool is_socket = stream.url.starts_with("wss://") || stream.url.starts_with("ws://");
  if (use != StreamUse::stop && !is_socket) {
    reader.invalid("url", 31922);
    stream.url.clear();
  }
  stream.track = reader.word(
      "track", "inbound_track", {"inbound_track", "outbound_track", "both_tracks"}, 31941
  );
  if (use == StreamUse::connect) stream.track = "inbound_track";
  stream.status_callback = reader.text("statusCallback");
  stream.status_callback_method = reader.method("statusCallbackMethod", 12200);
  reader.accept({"audioFormat", "sampleRate", "connectorName"});
  reader.report_unknown_attributes();
  stream.parameters = read_limited_parameters(element, findings);
  return stream;
}

namespace {

/// Nothing, with a warning, when there is no URL or the callback's does not resolve.
std::optional<StreamOrder> make_order(const Stream& stream, Session& session) {
  if (stream.url.empty()) return std::nullopt;  // 31922 was said when the document was read
  StreamOrder order;
  order.name = stream.name;
  order.url = stream.url;
  order.track = parse_track(stream.track).value_or(call::Track::inbound);
  for (const Parameter& parameter : stream.parameters)
    order.parameters.emplace_back(parameter.name, parameter.value);
  order.status_callback_method = stream.status_callback_method;
  if (stream.status_callback.empty()) return order;
  auto callback = session.resolve(stream.status_callback);
  if (callback) {
    order.status_callback = std::move(*callback);
  } else {
    session.warn(callback.error().detail, callback.error().message);
  }
  return order;
}

/// Keys go to the application while its stream runs.
base::Task<void> pass_keys(MediaStreams::Connection& connection, Voice& voice) {
  while (true) {
    base::Task<char> key = voice.next_digit();
    const char pressed = co_await std::move(key);
    connection.press(pressed);
  }
}

void say_unavailable(Session& session) {
  session.warn(13750, "<Stream> is not available here and was skipped");
}

}  // namespace

void start_stream(const Stream& stream, Session& session) {
  MediaStreams* streams = session.environment().streams;
  call::Leg* leg = session.voice().leg();
  if (streams == nullptr || leg == nullptr) return say_unavailable(session);
  auto order = make_order(stream, session);
  if (!order) return;
  const auto started = streams->start(*leg, std::move(*order));
  if (!started) session.warn(started.error().detail, started.error().message);
}

void stop_stream(const Stream& stream, Session& session) {
  MediaStreams* streams = session.environment().streams;
  call::Leg* leg = session.voice().leg();
  if (streams == nullptr || leg == nullptr) return say_unavailable(session);
  if (const auto stopped = streams->stop(leg->sid(), stream.name); !stopped)
    session.warn(12200, "no stream of this call is named \"" + stream.name + "\"");
}

base::Task<void> connect_stream(const Stream& stream, Session& session) {
  MediaStreams* streams = session.environment().streams;
  call::Leg* leg = session.voice().leg();
  if (streams == nullptr || leg == nullptr) {
    say_unavailable(session);
    co_return;
  }
  auto order = make_order(stream, session);
  if (!order) co_return;
  const base::Instant began = session.voice().loop().now();
  session.voice().forget_digits();
  MediaStreams::Connection connection(*streams, *leg, std::move(*order));
  base::Task<void> ending = connection.ended();
  base::Task<void> keys = pass_keys(connection, session.voice());
  co_await base::race(session.voice().loop(), std::move(ending), std::move(keys));
  if (session.voice().loop().now() > began) session.count_media_progress();
}

}  // namespace belfry::twiml
