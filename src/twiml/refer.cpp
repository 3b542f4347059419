#include "twiml/refer.hpp"

#include "call/leg.hpp"
#include "twiml/session.hpp"
#include "twiml/unavailable.hpp"

namespace belfry::twiml {
namespace {

using Outcome = base::Result<call::ReferralProgress>;

/// The party tells how its new call goes until it is answered or has failed.
constexpr base::Duration longest_wait = std::chrono::seconds(120);

Failure not_sip(const Session& session) {
  return {
      {base::Errc::unsupported, "only a SIP party can be referred to another", 13801},
      session.current().url,
      Failure::Recourse::none
  };
}

std::string_view status_of(const call::ReferralProgress& progress) {
  const bool taken = progress.answer_status >= 200 && progress.answer_status < 300;
  if (!taken) return "failed";
  if (progress.call_status >= 200 && progress.call_status < 300) return "completed";
  switch (progress.call_status) {
    case 486:
    case 600:
    case 603:
      return "busy";
    case 408:
    case 480:
      return "no-answer";
    case 487:
      return "canceled";
    default:
      return "failed";
  }
}

call::FormFields results_of(const call::ReferralProgress& progress) {
  call::FormFields fields{{"ReferCallStatus", std::string(status_of(progress))}};
  if (progress.answer_status != 0)
    fields.emplace_back("ReferSipResponseCode", std::to_string(progress.answer_status));
  if (progress.call_status != 0)
    fields.emplace_back("NotifySipResponseCode", std::to_string(progress.call_status));
  return fields;
}

}  // namespace

Refer read_refer(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Refer refer;
  refer.action = reader.optional_text("action");
  refer.method = reader.method("method", 13210);
  reader.report_unknown_attributes();
  bool found = false;
  for (const Element& child : element.children) {
    if (child.is_text()) continue;
    if (child.name == "Sip" && !found) {
      refer.target = read_sip(child, findings);
      found = true;
    } else {
      report_misplaced(child, element, findings, 12200);
    }
  }
  if (!found) findings.warn(13243, "<Refer> needs a <Sip>");
  return refer;
}

base::Task<Step> execute(const Refer& refer, Session& session) {
  call::Leg* leg = session.voice().leg();
  if (leg == nullptr) co_return co_await skip("Refer", Answers::no, session);
  if (refer.target.uri.empty()) co_return NextVerb{};
  if (leg->record().endpoint != "sip") co_return not_sip(session);
  // Only inside a dialog can a party be asked that (RFC 3515 section 2).
  const bool alive = co_await session.answer();
  if (!alive) co_return HungUp{};
  base::Task<Outcome> referring = leg->refer(refer.target.uri, refer.target.headers);
  auto outcome = co_await base::with_time_limit(leg->loop(), std::move(referring), longest_wait);
  if (outcome && !*outcome && outcome->error().code == base::Errc::unsupported)
    co_return not_sip(session);
  call::ReferralProgress progress;
  if (outcome && *outcome) progress = **outcome;
  session.count_media_progress();
  if (!refer.action) co_return NextVerb{};
  co_return session.transfer(
      refer.action, refer.method, Session::Purpose::action, results_of(progress)
  );
}

}  // namespace belfry::twiml
