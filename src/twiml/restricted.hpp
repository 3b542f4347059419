#pragma once
#include <optional>
#include <string>

#include "twiml/session.hpp"

namespace belfry::twiml {

/// May the verb stand in a document of that kind?
/// @return else Twilio's code in `detail`: 13201 in a whisper, 13238 in the documents of
/// conferences and queues.
base::Result<> check_allowed(const VerbEntry& verb, DocumentKind kind);

/// How a restricted document came to its end.
struct DocumentEnd {
  enum class How {
    finished,  // its last verb, or its audio, has been heard
    hung_up,   // the leg has ended: by `<Hangup>`, or by the party
    left,      // `<Leave>`: the queue
    failed     // it could not be had or run; `error` is in the leg's timeline already
  } how = How::finished;
  media::PcmClipPtr audio = nullptr;  // finished: the answer was this audio, no verbs
  base::Error error = {};
  std::string url = {};  // that failed
};

/// Documents that run for a leg beside its own program, with few of the verbs: a whisper, what
/// those who wait hear, an announcement. They play to the leg itself, which has been answered.
/// Owned by whoever owes them; destroying the task of `run` stops what is heard. Control thread.
class RestrictedProgram {
 public:
  struct Terms {
    DocumentKind kind = DocumentKind::whisper;
    /// Parameters of every request besides the standard ones of the leg.
    call::FormFields always = {};
    /// The first document is served in process (`Session::is_own` of the document that names it).
    bool own_application = false;
  };

  RestrictedProgram(Voice& voice, const Environment& environment, Terms terms)
      : voice_(voice), environment_(environment), terms_(std::move(terms)) {}

  /// Fetches the document and runs it and those that it redirects to. To repeat it, call again:
  /// cookies stay, and the limit of rule W3 (60 documents a minute) counts all runs, so that an
  /// empty document cannot spin: then it fails.
  /// @param request its URL is absolute
  base::Task<DocumentEnd> run(DocumentRequest request);
  /// "We are sorry …", then the leg is hung up.
  base::Task<void> apologise();

 private:
  DocumentEnd fail(Failure failure);

  Voice& voice_;
  const Environment& environment_;
  const Terms terms_;
  std::optional<Session> session_;  // from the first document on
};

}  // namespace belfry::twiml
