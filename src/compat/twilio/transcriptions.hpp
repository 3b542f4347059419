#pragma once
#include "call/transcriptions.hpp"
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/Transcriptions` and `/Recordings/{RecordingSid}/Transcriptions`: recordings written down. The
/// text alone is at `/Transcriptions/{Sid}.txt`.
class TranscriptionsResource final : public Resource {
 public:
  explicit TranscriptionsResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  using Found = base::Result<std::optional<call::TranscriptionRecord>>;
  base::Task<http::Response> list(Ask ask);
  base::Task<http::Response> fetch(Ask ask);
  base::Task<http::Response> fetch_text(Ask ask);
  base::Task<http::Response> remove(Ask ask);
  /// The account's, and of the path's recording if it names one.
  base::Task<Found> find(const Ask& ask);

  Context& context_;
};

}  // namespace belfry::compat::twilio
