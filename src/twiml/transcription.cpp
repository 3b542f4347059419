#include "twiml/transcription.hpp"

#include "base/text.hpp"
#include "twiml/media_streams.hpp"
#include "twiml/session.hpp"

namespace belfry::twiml {
namespace {

void say_unavailable(Session& session) {
  session.warn(13750, "<Transcription> is not available here and was skipped");
}

}  // namespace

std::vector<std::string> split_hints(std::string_view hints) {
  std::vector<std::string> all;
  for (const std::string_view hint : base::split(hints, ','))
    if (const auto words = base::trim(hint); !words.empty()) all.emplace_back(words);
  return all;
}

Transcription read_transcription(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Transcription transcription;
  TranscriptionOrder& order = transcription.order;
  order.name = reader.text("name");
  order.status_callback.url = reader.text("statusCallbackUrl");
  order.status_callback.method = reader.method("statusCallbackMethod", 12200);
  order.language = reader.text("languageCode", order.language);
  const std::string track = reader.word(
      "track", "both_tracks", {"inbound_track", "outbound_track", "both_tracks"}, 14300
  );
  order.track = parse_track(track).value_or(call::Track::both);
  order.inbound_label = reader.text("inboundTrackLabel");
  order.outbound_label = reader.text("outboundTrackLabel");
  order.partial_results = reader.flag("partialResults", false, 14300);
  order.hints = split_hints(reader.text("hints"));
  reader.accept(
      {"enableAutomaticPunctuation", "transcriptionEngine", "speechModel", "profanityFilter",
       "intelligenceService"}
  );
  reader.report_unknown_attributes();
  reader.report_children();
  return transcription;
}

void start_transcription(const Transcription& transcription, Session& session) {
  LiveTranscriptions* all = session.environment().transcriptions;
  call::Leg* leg = session.voice().leg();
  if (all == nullptr || leg == nullptr) return say_unavailable(session);
  TranscriptionOrder order = transcription.order;
  if (std::string& url = order.status_callback.url; !url.empty()) {
    auto resolved = session.resolve(url);
    if (!resolved) session.warn(resolved.error().detail, resolved.error().message);
    url = resolved ? std::move(*resolved) : std::string();
    order.status_callback.own_application = session.is_own(url);
  }
  const auto started = all->start(*leg, std::move(order));
  if (!started) session.warn(14300, "<Transcription> was skipped: " + started.error().message);
}

void stop_transcription(const Transcription& transcription, Session& session) {
  LiveTranscriptions* all = session.environment().transcriptions;
  call::Leg* leg = session.voice().leg();
  if (all == nullptr || leg == nullptr) return say_unavailable(session);
  const std::string& name = transcription.order.name;
  if (const auto stopped = all->stop(leg->sid(), name); !stopped)
    session.warn(12200, "no transcription of this call is named \"" + name + "\"");
}

}  // namespace belfry::twiml
