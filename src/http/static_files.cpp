#include "http/static_files.hpp"

#include "base/text.hpp"
#include "http/gzip.hpp"

namespace belfry::http {

StaticFiles::StaticFiles(std::span<const StaticFile> files) {
  for (const StaticFile& file : files) files_[std::string(file.path)] = Entry{&file, {}};
}

const StaticFiles::Entry* StaticFiles::find(const Request& request) const {
  const auto exact = files_.find(request.path);
  if (exact != files_.end()) return &exact->second;
  const bool is_page = request.path == "/" || (request.headers.lists("Accept", "text/html") &&
                                               !request.path.starts_with("/assets/"));
  const auto index = files_.find("/index.html");
  return is_page && index != files_.end() ? &index->second : nullptr;
}

Response StaticFiles::serve(const Request& request) const {
  if (request.method != "GET" && request.method != "HEAD") return empty(404);
  const Entry* entry = find(request);
  if (entry == nullptr) return empty(404);
  const StaticFile& file = *entry->file;
  Response response;
  response.headers.add("ETag", std::string(file.etag));
  response.headers.add(
      "Cache-Control",
      file.path.starts_with("/assets/") ? "public, max-age=31536000, immutable" : "no-cache"
  );
  const bool packs = is_compressible(file.content_type) && file.bytes.size() >= 1024;
  if (packs) response.headers.add("Vary", "Accept-Encoding");
  // Weak comparison (RFC 9110 §13.1.2).
  for (std::string_view known :
       base::split(request.headers.get("If-None-Match").value_or(""), ',')) {
    known = base::trim(known);
    if (known.starts_with("W/")) known.remove_prefix(2);
    if (known != file.etag && known != "*") continue;
    response.status = 304;
    return response;
  }
  response.headers.add("Content-Type", std::string(file.content_type));
  if (!packs || !request.headers.lists("Accept-Encoding", "gzip")) {
    response.body = file.bytes;
    return response;
  }
  if (entry->packed.empty()) entry->packed = gzip(file.bytes, 6);
  response.headers.set("ETag", "W/" + std::string(file.etag));
  response.headers.add("Content-Encoding", "gzip");
  response.body = entry->packed;
  return response;
}

}  // namespace belfry::http
