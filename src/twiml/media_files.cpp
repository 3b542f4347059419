#include "twiml/media_files.hpp"

#include "base/encoding.hpp"
#include "media/g711.hpp"
#include "media/wav.hpp"

namespace belfry::twiml {
namespace {

using base::Errc;
using base::Result;

constexpr std::string_view audio_types[] = {
    "audio/mpeg",   "audio/wav",    "audio/wave",  "audio/x-wav", "audio/aiff",
    "audio/x-aiff", "audio/x-aifc", "audio/x-gsm", "audio/gsm",   "audio/ulaw",
    "audio/mp3",    "audio/basic",  "audio/ogg",   "audio/flac",  "audio/vnd.wave",
};

std::size_t bytes_of(const media::PcmClip& clip) {
  return clip.samples.size() * sizeof(media::Sample);
}

/// `audio/ulaw` is bare G.711 at 8 kHz, without a header; all others say what they are.
Result<media::PcmClipPtr> decode_file(std::string_view content_type, std::string_view body) {
  const auto bytes = base::as_bytes(body);
  if (content_type == "audio/ulaw" && !body.starts_with("RIFF")) {
    media::PcmClip clip{.rate = media::narrowband, .samples = {}};
    clip.samples.reserve(bytes.size());
    for (const std::byte byte : bytes) clip.samples.push_back(media::from_mulaw(byte));
    return std::make_shared<const media::PcmClip>(std::move(clip));
  }
  auto clip = media::read_audio(bytes);
  if (!clip) return base::fail(clip.error().code, "not playable: " + clip.error().message, 13420);
  return std::make_shared<const media::PcmClip>(std::move(*clip));
}

}  // namespace

MediaFiles::MediaFiles(call::WebClient& web, base::WorkerPool& pool, Settings settings)
    : web_(web), pool_(pool), settings_(settings) {}

bool MediaFiles::is_audio(std::string_view content_type) {
  return std::find(std::begin(audio_types), std::end(audio_types), content_type) !=
         std::end(audio_types);
}

base::Task<Result<media::PcmClipPtr>> MediaFiles::decode(
    std::string content_type, std::string body
) {
  std::move_only_function<Result<media::PcmClipPtr>()> job =
      [type = std::move(content_type), body = std::move(body)] { return decode_file(type, body); };
  return pool_.run<Result<media::PcmClipPtr>>(std::move(job));
}

base::Task<Result<media::PcmClipPtr>> MediaFiles::fetch(std::string url, bool own_application) {
  call::WebRequest request;
  request.method = "GET";
  request.url = url;
  request.headers = {{"Cache-Control", "max-age=259200"}};
  request.signature = call::Delivery::Signature::none;
  request.own_application = own_application;
  request.max_body = media::audio_file_limit;
  media::PcmClipPtr known;
  if (const Entry* entry = find(url)) {
    known = entry->clip;
    if (!entry->etag.empty()) request.headers.emplace_back("If-None-Match", entry->etag);
    if (!entry->last_modified.empty())
      request.headers.emplace_back("If-Modified-Since", entry->last_modified);
  }
  Result<call::WebResponse> response = co_await web_.send(std::move(request));
  if (!response) co_return base::fail(std::move(response.error()));
  if (response->status == 304 && known) co_return known;
  if (response->status < 200 || response->status >= 300)
    co_return base::fail(
        Errc::unavailable, "the audio file answered " + std::to_string(response->status), 11200
    );
  if (!is_audio(response->content_type))
    co_return base::fail(Errc::unsupported, "no audio, but " + response->content_type, 13420);
  Entry entry{
      .url = std::move(url),
      .etag = std::move(response->etag),
      .last_modified = std::move(response->last_modified),
      .clip = nullptr
  };
  std::string type = std::move(response->content_type);
  std::string body = std::move(response->body);
  Result<media::PcmClipPtr> clip = co_await decode(std::move(type), std::move(body));
  if (!clip) co_return base::fail(std::move(clip.error()));
  entry.clip = *clip;
  remember(std::move(entry));
  co_return clip;
}

MediaFiles::Entry* MediaFiles::find(const std::string& url) {
  const auto found = by_url_.find(url);
  if (found == by_url_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return &*found->second;
}

void MediaFiles::remember(Entry entry) {
  if (const auto old = by_url_.find(entry.url); old != by_url_.end()) {
    cached_bytes_ -= bytes_of(*old->second->clip);
    entries_.erase(old->second);
    by_url_.erase(old);
  }
  // Without a validator nothing can say that it is unchanged.
  if (entry.etag.empty() && entry.last_modified.empty()) return;
  const std::size_t size = bytes_of(*entry.clip);
  if (size > settings_.cache_bytes) return;
  while (cached_bytes_ + size > settings_.cache_bytes) {
    cached_bytes_ -= bytes_of(*entries_.back().clip);
    by_url_.erase(entries_.back().url);
    entries_.pop_back();
  }
  cached_bytes_ += size;
  entries_.push_front(std::move(entry));
  by_url_.emplace(entries_.front().url, entries_.begin());
}

}  // namespace belfry::twiml
