#include "twiml/program.hpp"

#include "base/text.hpp"
#include "twiml/leg_voice.hpp"
#include "twiml/url.hpp"

namespace belfry::twiml {
namespace {

DocumentRequest first_document(const Program& program) {
  return {program.url, program.method, program.parameters, DocumentRequest::Purpose::document};
}

DocumentRequest fallback_document(const Program& program, const Failure& failure) {
  return {
      program.fallback_url,
      program.fallback_method,
      {{"ErrorCode", std::to_string(failure.error.detail)}, {"ErrorUrl", failure.url}},
      DocumentRequest::Purpose::fallback
  };
}

/// Loads and runs one document; what comes next.
base::Task<Step> load_and_run(Session& session, DocumentRequest request) {
  auto loaded = co_await session.load(std::move(request));
  if (!loaded) co_return std::move(loaded.error());
  co_return co_await session.run_document();
}

}  // namespace

base::Task<void> TwimlPrograms::run(call::Leg& leg, call::ProgramSpec program) {
  LegVoice voice(leg);
  Program parsed = Program::from_json(program.parameters);
  co_await run_program(voice, environment_, std::move(parsed));
}

base::Task<void> run_program(Voice& voice, const Environment& environment, Program program) {
  Session session(voice, environment, std::move(program));
  if (!session.answered()) voice.ring();
  DocumentRequest request = first_document(session.program());
  while (true) {
    const bool was_fallback = request.purpose == DocumentRequest::Purpose::fallback;
    Step step = co_await load_and_run(session, std::move(request));
    if (auto* transfer = std::get_if<Transfer>(&step)) {
      request = std::move(transfer->request);
      continue;
    }
    const auto* failure = std::get_if<Failure>(&step);
    if (failure == nullptr) co_return;  // the end of a document is the end of the call
    session.note_failure(*failure);
    const bool may_fall_back = failure->recourse == Failure::Recourse::fallback && !was_fallback &&
                               !session.program().fallback_url.empty();
    if (!may_fall_back) {
      co_await session.apologise();
      co_return;
    }
    request = fallback_document(session.program(), *failure);
  }
}

}  // namespace belfry::twiml
