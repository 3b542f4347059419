#include "gateway/media/recording_file.hpp"

#include "base/log.hpp"

namespace belfry::gateway::media {
namespace {

using belfry::media::Timeline;

std::size_t channels_of(const call::RecordingTerms& terms) {
  return terms.channels == call::RecordingTerms::Channels::dual ? 2 : 1;
}

}  // namespace

RecordingFile::RecordingFile(const call::RecordingTerms& terms, base::Instant begin)
    : terms_(terms), begin_(begin), bounds_(belfry::media::recording_rate, channels_of(terms)) {}

/// To the nearest sample; negative before the beginning.
RecordingFile::Position RecordingFile::position_of(base::Instant at) const {
  constexpr std::int64_t sample = 1'000'000'000 / belfry::media::recording_rate.hz;
  const std::int64_t since = (at - begin_).count();
  return (since + (since < 0 ? -sample / 2 : sample / 2)) / sample;
}

void RecordingFile::handle(const RecordingChange& change) {
  const Position at = position_of(change.at);
  switch (change.kind) {
    case RecordingChange::Kind::pause:
      timeline_.pause(
          at, change.how == call::WhilePaused::skip ? Timeline::Pause::leave_out
                                                    : Timeline::Pause::keep_silent
      );
      return;
    case RecordingChange::Kind::resume:
      timeline_.resume(at);
      return;
    case RecordingChange::Kind::stop:
      if (!stopped_) stopped_ = change.at;
      return;
  }
}

void RecordingFile::handle(const TimedFrame& frame) {
  const std::size_t track = frame.track == call::Track::outbound ? 1 : 0;
  timeline_.put(track, position_of(frame.at), frame.samples);
}

void RecordingFile::open() {
  opened_ = true;
  auto wav = belfry::media::WavRecorder::create(terms_.path, channels_of(terms_));
  if (wav) {
    wav_ = std::move(*wav);
  } else {
    fail("create", wav.error());
  }
}

void RecordingFile::fail(const char* what, const base::Error& error) {
  failed_ = true;
  base::log::error("recording.failed", {{"step", what}, {"why", error.message}});
}

void RecordingFile::write(base::Instant until) {
  if (!opened_) open();
  if (failed_) return;
  if (stopped_) until = std::min(until, *stopped_);
  piece_.clear();
  const auto layout = terms_.channels == call::RecordingTerms::Channels::dual
                          ? Timeline::Layout::apart
                          : Timeline::Layout::mixed;
  timeline_.take(position_of(until), layout, piece_);
  bounds_.handle(piece_);
  if (const auto written = wav_->write(piece_); !written) fail("write", written.error());
}

call::RecordingResult RecordingFile::finish(base::Instant end) {
  write(end);
  call::RecordingResult result;
  result.silent = !bounds_.sound();
  if (wav_) {
    result.length = wav_->duration();  // what is in the file even when it cannot be finished
    if (const auto length = close()) {
      result.length = *length;
    } else {
      fail("finish", length.error());
    }
  }
  result.failed = failed_;
  return result;
}

base::Result<base::Duration> RecordingFile::close() {
  if (failed_ || !terms_.trim_silence) return wav_->finish();
  const auto sound = bounds_.sound();
  if (sound) return wav_->finish_part(sound->from, sound->to);
  wav_->discard();
  return base::Duration{0};
}

}  // namespace belfry::gateway::media
