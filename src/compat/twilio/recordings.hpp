#pragma once
#include "call/recordings.hpp"
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/Recordings`, with their media (`.wav`, `.mp3`).
class RecordingsResource final : public Resource {
 public:
  explicit RecordingsResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> list(Ask ask);
  /// JSON by `.json`; without an ending it is the media, as WAV.
  base::Task<http::Response> fetch(Ask ask);
  base::Task<http::Response> fetch_wav(Ask ask);
  base::Task<http::Response> fetch_mp3(Ask ask);
  base::Task<http::Response> remove(Ask ask);

  Context& context_;
};

}  // namespace belfry::compat::twilio
