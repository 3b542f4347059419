#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace belfry::http {

/// One file that is built into the program.
struct StaticFile {
  std::string_view path;          // `/assets/app.3f2a.js`, `/index.html`
  std::string_view content_type;  // with charset where it is text
  std::string_view bytes;
  std::string_view etag;  // in quotes; changes with the bytes
};

/// Serves the files of the web pages from a table: no path is ever joined (rule H6). `/` and what
/// a browser asks for as a page get `/index.html` (a single-page application routes by itself);
/// names under `/assets/` carry their hash and are kept for good.
class StaticFiles {
 public:
  /// The table and what it points to outlive this.
  explicit StaticFiles(std::span<const StaticFile> files);
  /// 404 for what is not there; the router words it.
  Response serve(const Request& request) const;

 private:
  struct Entry {
    const StaticFile* file = nullptr;
    mutable std::string packed;  // gzip, made when first asked for
  };
  const Entry* find(const Request& request) const;

  std::map<std::string, Entry, std::less<>> files_;
};

}  // namespace belfry::http
