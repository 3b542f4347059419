#pragma once
#include <list>
#include <map>
#include <string>

#include "base/worker_pool.hpp"
#include "call/web.hpp"
#include "media/frame.hpp"

namespace belfry::twiml {

/// The audio files that documents play: fetched by GET (20 MiB at most), decoded off the control
/// thread, kept by URL while the server says that they are unchanged (ETag, Last-Modified). The
/// least recently used go first when the cache is full. Control thread.
class MediaFiles {
 public:
  struct Settings {
    std::size_t cache_bytes = 64u << 20;
  };

  MediaFiles(call::WebClient& web, base::WorkerPool& pool, Settings settings);
  MediaFiles(call::WebClient& web, base::WorkerPool& pool) : MediaFiles(web, pool, Settings()) {}

  /// @param url absolute. @param own_application served in process.
  /// @return Twilio's code in `detail`: 112xx, or 13420 when it is no audio that can be played.
  base::Task<base::Result<media::PcmClipPtr>> fetch(std::string url, bool own_application);
  /// Decodes audio that came as the answer to a document request.
  base::Task<base::Result<media::PcmClipPtr>> decode(std::string content_type, std::string body);

  static bool is_audio(std::string_view content_type);
  std::size_t cached_bytes() const { return cached_bytes_; }

 private:
  struct Entry {
    std::string url;
    std::string etag;
    std::string last_modified;
    media::PcmClipPtr clip;
  };

  Entry* find(const std::string& url);
  void remember(Entry entry);

  call::WebClient& web_;
  base::WorkerPool& pool_;
  Settings settings_;
  std::list<Entry> entries_;  // most recently used first
  std::map<std::string, std::list<Entry>::iterator> by_url_;
  std::size_t cached_bytes_ = 0;
};

}  // namespace belfry::twiml
