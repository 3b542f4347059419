#include "compat/twilio/recording_media.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "call/recordings.hpp"
#include "compat/twilio/recording_json.hpp"
#include "media/mp3.hpp"
#include "media/wav_header.hpp"
#include "media/wav_recorder.hpp"

namespace belfry::compat::twilio {
namespace {

using Bytes = std::shared_ptr<call::RecordingBytes>;

constexpr int mono_only = 16113;
/// Up to here an answer is made in one piece, with its length; a longer one is streamed.
constexpr std::uint64_t most_at_once = 16u << 20;
constexpr std::uint64_t piece_size = 262'144;

/// What is asked for of a WAV file: the bytes that a player sees, made from those on the disk. The
/// header of a file that is being written is behind, so it is made anew.
class WavView {
 public:
  WavView(Bytes bytes, std::size_t channels, bool mixed)
      : bytes_(std::move(bytes)), channels_(channels), mixed_(mixed) {
    const std::uint64_t stored =
        std::max<std::uint64_t>(bytes_->size(), media::wav_header_size) - media::wav_header_size;
    const std::uint64_t frames = stored / (2 * channels_);
    audio_bytes_ = frames * 2 * out_channels();
    header_ = media::wav_header(media::recording_rate, audio_bytes_, out_channels());
  }

  std::uint64_t size() const { return header_.size() + audio_bytes_; }

  /// Pool. @return less than asked for when the disk fails
  std::string read(std::uint64_t at, std::uint64_t count) const {
    std::string out;
    if (at < header_.size()) {
      const std::uint64_t taken = std::min<std::uint64_t>(header_.size() - at, count);
      out.append(reinterpret_cast<const char*>(header_.data()) + at, taken);
      at += taken;
      count -= taken;
    }
    count = std::min(count, size() - at);
    if (count == 0) return out;
    const std::uint64_t scale = mixed_ ? 2 : 1;
    const std::uint64_t audio_at = at - header_.size();
    const std::uint64_t begin = audio_at & ~std::uint64_t{1};  // whole samples
    const std::uint64_t end = audio_at + count + 1;
    std::vector<std::byte> stored((end - begin) * scale + 2);
    const auto got = bytes_->read(media::wav_header_size + begin * scale, stored);
    stored.resize(got.value_or(0));
    std::string audio =
        mixed_ ? mix(stored)
               : std::string(reinterpret_cast<const char*>(stored.data()), stored.size());
    return out + audio.substr(std::min<std::size_t>(audio_at - begin, audio.size()), count);
  }

 private:
  std::size_t out_channels() const { return mixed_ ? 1 : channels_; }

  static std::string mix(std::span<const std::byte> interleaved) {
    std::string out;
    out.reserve(interleaved.size() / 2);
    const auto sample = [&](std::size_t at) {
      return static_cast<std::int16_t>(
          std::to_integer<unsigned>(interleaved[at]) |
          std::to_integer<unsigned>(interleaved[at + 1]) << 8U
      );
    };
    for (std::size_t at = 0; at + 3 < interleaved.size(); at += 4) {
      const int sum = std::clamp(sample(at) + sample(at + 2), -32768, 32767);
      out += static_cast<char>(sum & 0xFF);
      out += static_cast<char>(sum >> 8 & 0xFF);
    }
    return out;
  }

  Bytes bytes_;
  std::size_t channels_;
  bool mixed_;
  std::uint64_t audio_bytes_ = 0;
  std::array<std::byte, media::wav_header_size> header_{};
};

base::Task<std::string> read_on(
    base::WorkerPool& pool, WavView view, std::uint64_t from, std::uint64_t count
) {
  std::move_only_function<std::string()> job = [view = std::move(view), from, count] {
    return view.read(from, count);
  };
  base::Task<std::string> reading = pool.run<std::string>(std::move(job));
  co_return co_await std::move(reading);
}

/// A long one, piece by piece: neither the control thread waits for the disk nor is it in memory.
class WavBody final : public http::BodyStream {
 public:
  WavBody(base::WorkerPool& pool, WavView view, ByteRange range)
      : pool_(pool), view_(std::move(view)), range_(range) {}
  base::Task<std::optional<std::string>> next() override {
    const std::uint64_t count = std::min(piece_size, range_.length);
    if (count == 0) co_return std::nullopt;
    std::string piece = co_await read_on(pool_, view_, range_.from, count);
    if (piece.empty()) co_return std::nullopt;  // the disk failed
    range_.from += piece.size();
    range_.length -= piece.size();
    co_return piece;
  }

 private:
  base::WorkerPool& pool_;
  WavView view_;
  ByteRange range_;
};

http::Response media_response(
    const Ask& ask, const call::RecordingRecord& recording, MediaFormat format
) {
  const bool is_mp3 = format == MediaFormat::mp3;
  http::Response response;
  response.headers.set("Content-Type", is_mp3 ? "audio/mpeg" : "audio/x-wav");
  response.headers.set("Accept-Ranges", "bytes");
  response.headers.set("Cache-Control", "private, no-store");
  if (base::parse_bool(ask.parameters.text("Download")).value_or(false))
    response.headers.set(
        "Content-Disposition",
        "attachment; filename=\"" + recording.sid + (is_mp3 ? ".mp3\"" : ".wav\"")
    );
  return response;
}

/// Sets 206 with its header, or 416. @return what to send
ByteRange apply_range(const Ask& ask, std::uint64_t size, http::Response& response) {
  const auto range = parse_range(ask.request.headers.get("Range").value_or(""), size);
  if (!range) return {0, size};
  if (range->length == 0) {
    response.status = 416;
    response.headers.set("Content-Range", "bytes */" + std::to_string(size));
    return *range;
  }
  response.status = 206;
  response.headers.set(
      "Content-Range", "bytes " + std::to_string(range->from) + "-" +
                           std::to_string(range->from + range->length - 1) + "/" +
                           std::to_string(size)
  );
  return *range;
}

base::Task<http::Response> answer_mp3(
    base::WorkerPool& pool, const Ask& ask, WavView view, std::size_t channels,
    http::Response response
) {
  using Encoded = base::Result<std::string>;
  std::move_only_function<Encoded()> job = [view = std::move(view), channels]() -> Encoded {
    media::Mp3Encoder encoder(media::recording_rate, channels);
    std::uint64_t at = media::wav_header_size;
    while (at < view.size()) {
      const std::string piece = view.read(at, piece_size);
      if (piece.empty()) return base::fail(base::Errc::io, "the recording cannot be read");
      at += piece.size();
      BELFRY_CHECK(encoder.write(piece));
    }
    return encoder.finish();
  };
  base::Task<Encoded> encoding = pool.run<Encoded>(std::move(job));
  Encoded encoded = co_await std::move(encoding);
  if (!encoded) co_return refusal(encoded.error());
  const ByteRange range = apply_range(ask, encoded->size(), response);
  response.body = encoded->substr(range.from, range.length);
  co_return std::move(response);
}

base::Task<http::Response> answer_wav(
    base::WorkerPool& pool, const Ask& ask, WavView view, http::Response response
) {
  const ByteRange range = apply_range(ask, view.size(), response);
  if (range.length > most_at_once) {
    response.stream = std::make_unique<WavBody>(pool, std::move(view), range);
  } else if (range.length > 0) {
    response.body = co_await read_on(pool, std::move(view), range.from, range.length);
  }
  co_return std::move(response);
}

}  // namespace

std::optional<ByteRange> parse_range(std::string_view header, std::uint64_t size) {
  constexpr std::string_view unit = "bytes=";
  if (!header.starts_with(unit)) return std::nullopt;
  header.remove_prefix(unit.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos || header.contains(',')) return std::nullopt;
  const auto first = base::parse_unsigned(base::trim(header.substr(0, dash)));
  const auto last = base::parse_unsigned(base::trim(header.substr(dash + 1)));
  if (dash == 0) {  // so many from the end
    if (!last) return std::nullopt;
    const std::uint64_t length = std::min(*last, size);
    return ByteRange{size - length, length};
  }
  if (!first || (!last && dash + 1 != header.size())) return std::nullopt;
  if (last && *last < *first) return std::nullopt;
  if (*first >= size) return ByteRange{size, 0};
  const std::uint64_t end = last && *last < size ? *last + 1 : size;
  return ByteRange{*first, end - *first};
}

base::Task<http::Response> answer_media(Context& context, Ask ask, MediaFormat format) {
  const auto wanted = ask.parameters.integer("RequestedChannels", 0, 1, 2);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  const auto found = co_await find_recording(context, ask.account.sid, ask.param("RecordingSid"));
  if (!found) co_return refusal(found.error());
  if (!*found) co_return ask.not_found();
  const call::RecordingRecord& recording = **found;
  const auto channels = static_cast<std::size_t>(recording.channels());
  if (wanted == 2 && channels == 1)
    co_return refusal(mono_only, "The recording is mono: two channels cannot be had");
  call::Recordings& recordings = *context.services().recordings;
  auto bytes = co_await recordings.open(recording);
  if (!bytes && bytes.error().code == base::Errc::not_found) co_return ask.not_found();
  if (!bytes) co_return refusal(bytes.error());
  const bool mixed = wanted == 1 && channels == 2;
  WavView view(std::move(*bytes), channels, mixed);
  http::Response response = media_response(ask, recording, format);
  if (format == MediaFormat::wav)
    co_return co_await answer_wav(recordings.pool(), ask, std::move(view), std::move(response));
  const std::size_t encoded = mixed ? 1 : channels;
  co_return co_await answer_mp3(
      recordings.pool(), ask, std::move(view), encoded, std::move(response)
  );
}

}  // namespace belfry::compat::twilio
