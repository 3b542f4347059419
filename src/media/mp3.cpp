#include "media/mp3.hpp"

#include <sndfile.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/handle.hpp"

namespace belfry::media {
namespace {

/// What libsndfile writes: it comes back to the beginning for the header.
struct Output {
  std::string bytes;
  std::size_t at = 0;

  static Output& of(void* user) { return *static_cast<Output*>(user); }
  static sf_count_t length(void* user) { return std::ssize(of(user).bytes); }
  static sf_count_t tell(void* user) { return static_cast<sf_count_t>(of(user).at); }
  static sf_count_t read(void* into, sf_count_t count, void* user) {
    Output& out = of(user);
    const std::size_t got = std::min(static_cast<std::size_t>(count), out.bytes.size() - out.at);
    std::memcpy(into, out.bytes.data() + out.at, got);
    out.at += got;
    return static_cast<sf_count_t>(got);
  }
  static sf_count_t write(const void* from, sf_count_t count, void* user) {
    Output& out = of(user);
    const auto size = static_cast<std::size_t>(count);
    out.bytes.resize(std::max(out.bytes.size(), out.at + size));
    std::memcpy(out.bytes.data() + out.at, from, size);
    out.at += size;
    return count;
  }
  static sf_count_t seek(sf_count_t offset, int whence, void* user) {
    Output& out = of(user);
    const sf_count_t end = std::ssize(out.bytes);
    const sf_count_t base = whence == SEEK_CUR   ? static_cast<sf_count_t>(out.at)
                            : whence == SEEK_END ? end
                                                 : 0;
    out.at = static_cast<std::size_t>(std::clamp<sf_count_t>(base + offset, 0, end));
    return static_cast<sf_count_t>(out.at);
  }
};

}  // namespace

struct Mp3Encoder::State {
  std::size_t channels;
  Output output;
  base::Handle<SNDFILE, sf_close> file;
  std::string rest;  // less than a sample of all channels
};

Mp3Encoder::Mp3Encoder(SampleRate rate, std::size_t channels)
    : state_(new State{channels, {}, nullptr, {}}) {
  SF_INFO format{};
  format.samplerate = static_cast<int>(rate.hz);
  format.channels = static_cast<int>(channels);
  format.format = SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III;
  SF_VIRTUAL_IO io{Output::length, Output::seek, Output::read, Output::write, Output::tell};
  state_->file.reset(sf_open_virtual(&io, SFM_WRITE, &format, &state_->output));
}

Mp3Encoder::~Mp3Encoder() = default;

base::Result<> Mp3Encoder::write(std::string_view pcm) {
  if (!state_->file) return base::fail(base::Errc::unsupported, "this build has no MP3 encoder");
  std::string& bytes = state_->rest;
  bytes += pcm;
  const std::size_t frames = bytes.size() / (2 * state_->channels);
  std::vector<Sample> samples(frames * state_->channels);
  std::memcpy(samples.data(), bytes.data(), samples.size() * sizeof(Sample));
  bytes.erase(0, samples.size() * sizeof(Sample));
  const auto count = static_cast<sf_count_t>(frames);
  if (sf_writef_short(state_->file.get(), samples.data(), count) != count)
    return base::fail(base::Errc::internal, "the MP3 encoder failed");
  return {};
}

base::Result<std::string> Mp3Encoder::finish() {
  if (!state_->file) return base::fail(base::Errc::unsupported, "this build has no MP3 encoder");
  state_->file.reset();  // writes what it holds
  return std::move(state_->output.bytes);
}

}  // namespace belfry::media
