#include "twiml/restricted.hpp"

namespace belfry::twiml {
namespace {

template <class... Allowed>
bool is_one_of(const Verb& verb) {
  return (std::holds_alternative<Allowed>(verb) || ...);
}

bool is_allowed(const Verb& verb, DocumentKind kind) {
  switch (kind) {
    case DocumentKind::main:
      return true;
    case DocumentKind::whisper:
      return is_one_of<Say, Play, Pause, Gather, Record, Redirect, Hangup>(verb);
    case DocumentKind::conference:
    case DocumentKind::queue_connect:
      return is_one_of<Say, Play, Pause, Redirect>(verb);
    case DocumentKind::queue_wait:
      return is_one_of<Say, Play, Pause, Gather, Hangup, Redirect, Leave>(verb);
  }
  return false;
}

Program program_of(const DocumentRequest& request, bool own_application) {
  Program program;
  program.url = request.url;
  program.method = request.method;
  program.own_application = own_application;
  return program;
}

}  // namespace

base::Result<> check_allowed(const VerbEntry& verb, DocumentKind kind) {
  if (is_allowed(verb.verb, kind)) return {};
  const bool whispers = kind == DocumentKind::whisper;
  return base::fail(
      base::Errc::unsupported,
      "<" + verb.name + "> is not allowed in " +
          (whispers ? "the document of a dialled party" : "a document for those who wait"),
      whispers ? 13201 : 13238
  );
}

base::Task<DocumentEnd> RestrictedProgram::run(DocumentRequest request) {
  if (!session_) {
    Session::Restriction restriction{terms_.kind, terms_.always};
    session_.emplace(
        voice_, environment_, program_of(request, terms_.own_application), std::move(restriction)
    );
  }
  while (true) {
    auto loaded = co_await session_->load(std::move(request));
    if (!loaded) co_return fail(std::move(loaded.error()));
    Step step = co_await session_->run_document();
    if (auto* transfer = std::get_if<Transfer>(&step)) {
      request = std::move(transfer->request);
    } else if (auto* failure = std::get_if<Failure>(&step)) {
      co_return fail(std::move(*failure));
    } else if (std::holds_alternative<HungUp>(step)) {
      co_return DocumentEnd{.how = DocumentEnd::How::hung_up};
    } else if (std::holds_alternative<LeftQueue>(step)) {
      co_return DocumentEnd{.how = DocumentEnd::How::left};
    } else {
      co_return DocumentEnd{.audio = session_->current().audio};
    }
  }
}

base::Task<void> RestrictedProgram::apologise() {
  if (session_) co_await session_->apologise();
}

DocumentEnd RestrictedProgram::fail(Failure failure) {
  session_->note_failure(failure);
  DocumentEnd end;
  end.how = DocumentEnd::How::failed;
  end.error = std::move(failure.error);
  end.url = std::move(failure.url);
  return end;
}

}  // namespace belfry::twiml
