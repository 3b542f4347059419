#pragma once
#include "call/conferences.hpp"
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/Conferences/{sid}/Participants`: who is in a live conference, or being called into it. They
/// are named by call SID or label.
class ParticipantsResource final : public Resource {
 public:
  explicit ParticipantsResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> list(Ask ask);
  base::Task<http::Response> create(Ask ask);
  base::Task<http::Response> fetch(Ask ask);
  base::Task<http::Response> update(Ask ask);
  base::Task<http::Response> remove(Ask ask);

  /// The live conference of the path; nullptr when it is not live or another account's.
  call::Conference* live(const Ask& ask) const;
  /// Why there is no participant: 16022 when the conference has ended, else 404.
  base::Task<http::Response> refuse_missing(Ask ask);
  http::Response show(int status, const call::ParticipantRecord& participant) const;

  Context& context_;
};

}  // namespace belfry::compat::twilio
