#include "sip/referral.hpp"

#include "base/text.hpp"
#include "sip/header.hpp"

namespace belfry::sip {
namespace {

using base::Errc;
using base::fail;

constexpr std::size_t longest_target = 1024;

std::unexpected<base::Error> refusal(int status, const char* why) {
  return fail(Errc::refused, why, status);
}

}  // namespace

base::Result<std::string> read_refer_to(const Message& refer) {
  const auto lines = refer.lines(HeaderId::refer_to);
  if (lines.size() != 1) return refusal(400, "one Refer-To");
  const auto address = parse_name_addr(lines.front());
  if (!address || address->uri_view.size() > longest_target) return refusal(400, "Refer-To");
  const auto uri = address->uri();
  if (!uri) return refusal(400, "Refer-To");
  if (uri->scheme == Uri::Scheme::other) return refusal(416, "Refer-To");
  const auto method = uri->param("method");
  if (method && *method != "INVITE") return refusal(603, "only calls can be referred");
  return uri->to_string();
}

std::optional<ReferralNotice> read_referral_notice(const Message& notify) {
  const std::string_view event = notify.header(HeaderId::event).value_or("");
  const std::string_view package = base::trim(event.substr(0, event.find(';')));
  if (!base::equals_ignoring_case(package, "refer")) return std::nullopt;
  ReferralNotice notice;
  const std::string_view state = notify.header(HeaderId::subscription_state).value_or("");
  notice.over =
      base::equals_ignoring_case(base::trim(state.substr(0, state.find(';'))), "terminated");
  constexpr std::string_view version = "SIP/2.0 ";
  if (notify.content_type() != "message/sipfrag" || !notify.body().starts_with(version))
    return notice;
  const auto status = base::parse_unsigned(notify.body().substr(version.size(), 3));
  if (status && *status >= 100 && *status < 700) notice.status = static_cast<int>(*status);
  return notice;
}

std::string sipfrag(int status) {
  return "SIP/2.0 " + std::to_string(status) + ' ' + std::string(reason_phrase(status)) + "\r\n";
}

base::Result<std::optional<Replaces>> read_replaces(const Message& invite) {
  const auto lines = invite.lines(HeaderId::replaces);
  if (lines.empty()) return std::nullopt;
  const std::string_view value = lines.front();
  const std::size_t end = value.find(';');
  if (lines.size() != 1 || end == std::string_view::npos) return fail(Errc::malformed, "Replaces");
  BELFRY_TRY(params, Params::parse(value.substr(end)));
  Replaces replaces;
  replaces.call_id = base::trim(value.substr(0, end));
  replaces.local_tag = params.find("to-tag").value_or("");
  replaces.remote_tag = params.find("from-tag").value_or("");
  replaces.early_only = params.has("early-only");
  if (replaces.call_id.empty() || replaces.local_tag.empty() || replaces.remote_tag.empty())
    return fail(Errc::malformed, "Replaces");
  return replaces;
}

std::optional<Rack> read_rack(const Message& prack) {
  std::vector<std::string_view> words;
  for (const std::string_view word : base::split(prack.header(HeaderId::rack).value_or(""), ' '))
    if (!word.empty()) words.push_back(word);
  if (words.size() != 3 || words[2] != "INVITE") return std::nullopt;
  const auto rseq = parse_number(words[0]);
  const auto cseq = parse_number(words[1]);
  if (!rseq || !cseq) return std::nullopt;
  return Rack{*rseq, *cseq};
}

}  // namespace belfry::sip
