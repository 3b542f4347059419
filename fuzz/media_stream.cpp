// What an application sends on a media stream, one message a line, into the protocol and the
// playout behind it, with a seat that plays by the clock: nothing is played twice or out of bounds,
// and every mark comes back once, in order.
#include "twiml/media_stream.hpp"

#include <cstdlib>
#include <deque>

#include "base/json.hpp"
#include "base/text.hpp"
#include "twiml/stream_playout.hpp"

using namespace belfry;
using twiml::MediaStream;
using twiml::StreamPlayout;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

struct Scene {
  Scene() {
    stream.start();
    drain();
  }

  void hear(std::string_view line) {
    stream.handle_message(line);
    while (auto event = stream.poll_event()) {
      if (const auto* audio = std::get_if<MediaStream::Audio>(&*event)) {
        if (playout.add_audio(audio->mulaw)) owed_bytes += audio->mulaw.size();
      } else if (auto* mark = std::get_if<MediaStream::Mark>(&*event)) {
        require(mark->name.size() <= MediaStream::max_mark_name);
        if (playout.add_mark(mark->name)) owed_marks.push_back(mark->name);
      } else if (std::holds_alternative<MediaStream::Clear>(*event)) {
        playout.clear();
        seat.clear();
        owed_bytes = 0;
      } else {
        const auto& complaint = std::get<MediaStream::Complaint>(*event);
        require(complaint.code == 31950 || complaint.code == 31951 || complaint.code == 31931);
        require(base::is_valid_utf8(complaint.message));
      }
    }
    require(playout.waiting() <= StreamPlayout::max_waiting);
    feed();
  }

  void feed() {
    while (auto piece = playout.next()) {
      if (const auto* clip = std::get_if<call::ClipPlayback>(&*piece)) {
        require(!clip->clip->samples.empty() && clip->clip->samples.size() <= owed_bytes);
        owed_bytes -= clip->clip->samples.size();
      }
      playout.handle_started({++last_id});
      seat.push_back({last_id});
      require(seat.size() <= 32);
    }
    while (auto mark = playout.poll_played_mark()) {
      require(!owed_marks.empty() && owed_marks.front() == *mark);
      owed_marks.pop_front();
      stream.handle_mark_played(*mark);
    }
    drain();
  }

  void play() {
    if (seat.empty()) return;
    const call::PlaybackId over = seat.front();
    seat.pop_front();
    playout.handle_finished(over);
    feed();
  }

  void drain() {
    while (auto message = stream.poll_transmit()) require(base::json::parse(*message).has_value());
  }

  MediaStream stream{{"AC1", "CA1", "MZ1", call::Track::inbound, true, {}}};
  StreamPlayout playout;
  std::deque<call::PlaybackId> seat;
  std::uint64_t last_id = 0;
  std::size_t owed_bytes = 0;
  std::deque<std::string> owed_marks;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Scene scene;
  for (const std::string_view line : base::split(text, '\n')) {
    if (line == "play") {
      scene.play();
    } else {
      scene.hear(line);
    }
  }
  while (!scene.seat.empty()) scene.play();
  require(scene.owed_marks.empty() && scene.owed_bytes == 0);
  scene.stream.stop();
  scene.drain();
  return 0;
}
