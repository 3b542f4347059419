#include "base/text.hpp"
#include "call/leg.hpp"
#include "call/notifications.hpp"
#include "call/services.hpp"
#include "twiml/parameters.hpp"
#include "twiml/session.hpp"
#include "twiml/url.hpp"

/// What a session tells developers when their documents go wrong.
namespace belfry::twiml {
namespace {

constexpr std::size_t max_kept_body = 16'384;

}  // namespace

void Session::warn(int code, std::string message) {
  report(code, message, Severity::warning);
  voice_.note("twiml.warning", {{"code", code}, {"message", std::move(message)}});
}

void Session::note_error(int code, std::string message) {
  report(code, message, Severity::error);
  voice_.note_error(code, std::move(message));
}

void Session::note_failure(const Failure& failure) {
  note_error(failure.error.detail, failure.error.message);
}

void Session::keep_exchange(const call::WebRequest& request) {
  exchange_ = {request.method, url_for_people(request.url), encode_form(request.form), {}};
}

void Session::keep_answer(const call::WebResponse& response) {
  exchange_.response.status = response.status;
  exchange_.response.headers = response.headers;
  exchange_.response.body = MediaFiles::is_audio(response.content_type)
                                ? std::string()
                                : std::string(base::truncate_utf8(response.body, max_kept_body));
}

void Session::report(int code, const std::string& message, Severity severity) {
  call::Leg* leg = voice_.leg();
  if (leg == nullptr || leg->services().notifications == nullptr) return;
  call::Problem problem;
  problem.account_sid = leg->record().account_sid;
  problem.call_sid = leg->sid();
  problem.level =
      severity == Severity::error ? call::Problem::Level::error : call::Problem::Level::warning;
  problem.code = code;
  problem.message = message;
  problem.request_method = exchange_.method;
  problem.request_url = exchange_.url;
  problem.request_variables = exchange_.variables;
  problem.response_status = exchange_.response.status;
  problem.response_headers = exchange_.response.headers;
  problem.response_body = exchange_.response.body;
  leg->services().notifications->add(problem);
}

}  // namespace belfry::twiml
