#pragma once
#include "call/recordings.hpp"
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// Rows of recordings of the account, and of one call or conference when `subject` is its SID;
/// without the deleted ones unless they are asked for.
call::DocumentQuery recordings_of(Ask& ask, std::string_view subject);
/// 204, or 20009 while it runs.
base::Task<http::Response> remove_recording(Context& context, Ask ask, std::string sid);

/// `/Calls/{CallSid}/Recordings` and `/Conferences/{ConferenceSid}/Recordings`: those that run are
/// paused, resumed and stopped there; a call's also begin there.
class RunningRecordingsResource final : public Resource {
 public:
  explicit RunningRecordingsResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> create(Ask ask);
  base::Task<http::Response> list(Ask ask);
  base::Task<http::Response> fetch(Ask ask);
  base::Task<http::Response> update(Ask ask);
  base::Task<http::Response> remove(Ask ask);
  /// The call or conference is the account's.
  base::Task<base::Result<bool>> is_known(Ask& ask);
  /// That of the path, which may say `Twilio.CURRENT`; it belongs to the path's call or conference.
  base::Task<base::Result<std::optional<call::RecordingRecord>>> find(const Ask& ask);
  base::json::object render_one(const call::RecordingRecord& recording) const;

  Context& context_;
};

}  // namespace belfry::compat::twilio
