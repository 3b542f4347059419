#pragma once
#include "call/conferences.hpp"
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/Conferences`: lists, fetches, ends them, and plays announcements to all.
class ConferencesResource final : public Resource {
 public:
  explicit ConferencesResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> list(Ask ask);
  base::Task<http::Response> fetch(Ask ask);
  base::Task<http::Response> update(Ask ask);

  Context& context_;
};

/// The conference of that SID and account, live or not.
/// @return nothing when there is none
base::Task<base::Result<std::optional<call::ConferenceRecord>>> find_conference(
    Context& context, std::string account_sid, std::string sid
);
/// A document that is named by `<prefix>Url` and `<prefix>Method`; nothing without the URL.
std::optional<call::SideDocument> read_side_document(
    Parameters& parameters, const std::string& prefix, std::string_view method = "POST"
);

}  // namespace belfry::compat::twilio
