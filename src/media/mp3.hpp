#pragma once
#include <memory>
#include <string>

#include "base/result.hpp"
#include "media/frame.hpp"

namespace belfry::media {

/// MP3 in memory (libsndfile with LAME): about a millisecond of CPU for a second of sound, so for
/// the worker pool. One thread.
class Mp3Encoder {
 public:
  /// @param channels 1 or 2
  Mp3Encoder(SampleRate rate, std::size_t channels);
  ~Mp3Encoder();

  /// 16-bit little-endian PCM, channels interleaved; a sample of all channels may be cut between
  /// two calls. @return Errc::unsupported when this build has no MP3.
  [[nodiscard]] base::Result<> write(std::string_view pcm);
  /// The whole file.
  [[nodiscard]] base::Result<std::string> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace belfry::media
