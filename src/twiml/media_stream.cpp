#include "twiml/media_stream.hpp"

#include <array>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "media/g711.hpp"

namespace belfry::twiml {
namespace {

namespace json = base::json;
using Complaint = MediaStream::Complaint;

std::string quoted(std::string_view text) {
  return json::serialize(json::value(text));
}

std::string encode(std::span<const std::int16_t> samples) {
  std::vector<std::byte> codes;
  codes.reserve(samples.size());
  for (const std::int16_t sample : samples) codes.push_back(media::to_mulaw(sample));
  return base::to_base64(codes);
}

Complaint unknown(std::string why) {
  return {31951, std::move(why)};
}

MediaStream::Event read_media(const json::value& message) {
  const json::value* media = json::find(message, "media");
  const auto* payload = media == nullptr ? nullptr : json::find_string(*media, "payload");
  if (payload == nullptr) return unknown("a media message without media.payload");
  auto codes = base::from_base64(std::string_view(*payload));
  if (!codes) return Complaint{31931, "media.payload is not base64; it was discarded"};
  return MediaStream::Audio{std::move(*codes)};
}

MediaStream::Event read_mark(const json::value& message) {
  const json::value* mark = json::find(message, "mark");
  const auto* name = mark == nullptr ? nullptr : json::find_string(*mark, "name");
  if (name == nullptr) return unknown("a mark message without mark.name");
  if (name->size() > MediaStream::max_mark_name) return unknown("a mark with a long name");
  return MediaStream::Mark{std::string(*name)};
}

}  // namespace

void MediaStream::start() {
  send(R"({"event":"connected","protocol":"Call","version":"1.0.0"})");
  const bool hears = settings_.track != call::Track::outbound;
  const bool is_heard = settings_.track != call::Track::inbound;
  json::array tracks;
  if (hears) tracks.emplace_back("inbound");
  if (is_heard) tracks.emplace_back("outbound");
  json::object parameters;
  for (const auto& [name, value] : settings_.parameters) parameters[name] = value;
  const json::object begin{
      {"accountSid", settings_.account_sid},
      {"streamSid", settings_.stream_sid},
      {"callSid", settings_.call_sid},
      {"tracks", std::move(tracks)},
      {"mediaFormat", {{"encoding", "audio/x-mulaw"}, {"sampleRate", 8000}, {"channels", 1}}},
      {"customParameters", std::move(parameters)},
  };
  send(json::serialize(json::object{
      {"event", "start"},
      {"sequenceNumber", next_number()},
      {"start", begin},
      {"streamSid", settings_.stream_sid},
  }));
}

/// Fifty times a second and leg, so without a document in between; nothing in it needs escaping.
void MediaStream::handle_audio(
    call::Track track, base::Duration since_start, std::span<const std::int16_t> samples
) {
  if (stopped_) return;
  const bool inbound = track == call::Track::inbound;
  const std::uint64_t chunk = inbound ? ++inbound_chunks_ : ++outbound_chunks_;
  std::string message = R"({"event":"media","sequenceNumber":")";
  message += next_number();
  message += R"(","media":{"track":")";
  message += inbound ? "inbound" : "outbound";
  message += R"(","chunk":")";
  message += std::to_string(chunk);
  message += R"(","timestamp":")";
  message += std::to_string(base::to_ms(since_start));
  message += R"(","payload":")";
  message += encode(samples);
  message += R"("},"streamSid":")";
  message += settings_.stream_sid;
  message += R"("})";
  send(std::move(message));
}

void MediaStream::handle_digit(char digit) {
  if (stopped_ || !settings_.bidirectional) return;
  const json::object dtmf{{"track", "inbound_track"}, {"digit", std::string(1, digit)}};
  send(json::serialize(json::object{
      {"event", "dtmf"},
      {"streamSid", settings_.stream_sid},
      {"sequenceNumber", next_number()},
      {"dtmf", dtmf},
  }));
}

void MediaStream::handle_mark_played(std::string_view name) {
  if (stopped_) return;
  send(json::serialize(json::object{
      {"event", "mark"},
      {"sequenceNumber", next_number()},
      {"streamSid", settings_.stream_sid},
      {"mark", {{"name", name}}},
  }));
}

void MediaStream::stop() {
  if (std::exchange(stopped_, true)) return;
  const json::object stop{{"accountSid", settings_.account_sid}, {"callSid", settings_.call_sid}};
  send(json::serialize(json::object{
      {"event", "stop"},
      {"sequenceNumber", next_number()},
      {"stop", stop},
      {"streamSid", settings_.stream_sid},
  }));
}

void MediaStream::handle_message(std::string_view text) {
  if (!stopped_) events_.push_back(read(text));
}

MediaStream::Event MediaStream::read(std::string_view text) const {
  const auto message = json::parse(text);
  if (!message) return Complaint{31950, "a message that is not JSON: " + message.error().message};
  const auto* event = json::find_string(*message, "event");
  if (event == nullptr) return unknown("a message without event");
  if (!settings_.bidirectional)
    return unknown("this stream goes one way: nothing that is sent to it is used");
  const auto* sid = json::find_string(*message, "streamSid");
  if (sid == nullptr || *sid != settings_.stream_sid)
    return unknown("a message without the streamSid of this stream");
  if (*event == "media") return read_media(*message);
  if (*event == "mark") return read_mark(*message);
  if (*event == "clear") return Clear{};
  return unknown("an event that is not known: " + quoted(std::string_view(*event).substr(0, 40)));
}

std::optional<std::string> MediaStream::poll_transmit() {
  if (outbox_.empty()) return std::nullopt;
  std::optional<std::string> message(std::move(outbox_.front()));
  outbox_.pop_front();
  return message;
}

std::optional<MediaStream::Event> MediaStream::poll_event() {
  if (events_.empty()) return std::nullopt;
  std::optional<Event> event(std::move(events_.front()));
  events_.pop_front();
  return event;
}

}  // namespace belfry::twiml
