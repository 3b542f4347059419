#pragma once
#include <deque>
#include <expected>
#include <string>

#include "base/random.hpp"
#include "call/speech.hpp"
#include "call/web.hpp"
#include "twiml/cookie_jar.hpp"
#include "twiml/document.hpp"
#include "twiml/media_files.hpp"
#include "twiml/step.hpp"
#include "twiml/voice.hpp"

namespace belfry::twiml {

class LiveTranscriptions;
class MediaStreams;
class SiprecSessions;

/// What documents need of the server besides the leg.
struct Environment {
  call::WebClient& web;
  call::Speech& speech;
  MediaFiles& files;
  base::Random& random;
  std::string default_voice = "man";
  MediaStreams* streams = nullptr;               // none: `<Stream>` is skipped
  SiprecSessions* siprec = nullptr;              // none: `<Siprec>` is
  LiveTranscriptions* transcriptions = nullptr;  // none: `<Transcription>` is
};

/// What drives a leg, as stored with it.
struct Program {
  std::string url = {};
  std::string method = "POST";
  std::string fallback_url = {};
  std::string fallback_method = "POST";
  std::string twiml = {};            // inline document, when there is no URL
  std::string say = {};              // a text to speak, when there is neither
  bool own_application = false;      // `url` is served in process
  call::FormFields parameters = {};  // of the first request, besides the standard ones

  static Program from_json(const base::json::object& parameters);
};

/// A document as it runs.
struct LoadedDocument {
  Document document;
  std::string url;          // as requested; empty for an inline document
  std::string base;         // where relative URLs start: after redirects
  media::PcmClipPtr audio;  // the answer was audio: it is played instead
};

/// One call's run through its documents: the current document, cookies, and the limits of rule W3.
/// Lives as long as the program; executors of verbs work through it. Control thread.
class Session {
 public:
  using Purpose = DocumentRequest::Purpose;

  /// How this run differs from that of a leg's own program.
  struct Restriction {
    DocumentKind kind = DocumentKind::main;
    call::FormFields always = {};  // parameters of every document request besides the standard ones
  };

  Session(Voice& voice, const Environment& environment, Program program);
  Session(Voice& voice, const Environment& environment, Program program, Restriction restriction);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Voice& voice() { return voice_; }
  const Environment& environment() const { return environment_; }
  const Program& program() const { return program_; }
  const LoadedDocument& current() const { return current_; }
  DocumentKind kind() const { return restriction_.kind; }

  /// Fetches and reads what comes next, and makes it the current document.
  base::Task<std::expected<void, Failure>> load(DocumentRequest request);
  /// Runs the verbs of the current document. `NextVerb` means that it came to its end. A verb that
  /// may not stand in a document of this kind is a failure.
  base::Task<Step> run_document();
  /// "We are sorry …" for callers who have been answered; then the leg ends.
  base::Task<void> apologise();

  // --- For executors ---

  /// False when the leg has ended instead.
  base::Task<bool> answer();
  bool answered() const { return voice_.record().answered.has_value(); }
  /// An inbound leg that has not been answered, at the first verb of a document.
  bool may_stay_unanswered() const;
  base::Task<void> play(call::Playback playback, call::Words words = {});
  /// The audio that a document names.
  base::Task<base::Result<media::PcmClipPtr>> fetch_audio(std::string url);
  /// `reference` from within the current document: Twilio's 11100, or 15004 in an inline document.
  base::Result<std::string> resolve(std::string_view reference) const;
  /// Served by the application of ours whose document this is: asked in process.
  bool is_own(std::string_view url) const;
  /// The step to the document `url` (nothing: the current one again) with a verb's results.
  Step transfer(
      const std::optional<std::string>& url, std::string method, Purpose purpose,
      call::FormFields results = {}
  ) const;
  /// Something in a document is not as it should be; it goes on.
  void warn(int code, std::string message);
  /// Something cannot be done that the call was meant to do.
  void note_error(int code, std::string message);
  /// A document has failed.
  void note_failure(const Failure& failure);
  void note_verb(std::string_view name, base::json::object details);
  /// `url` is served in process, as the program itself is.
  /// The party has heard or been waited for: the program is not spinning.
  void count_media_progress() { verbs_without_media_ = 0; }

 private:
  base::Task<std::expected<LoadedDocument, Failure>> fetch(DocumentRequest request);
  base::Task<base::Result<LoadedDocument>> read(call::WebResponse response, Purpose purpose);
  base::Task<base::Result<call::WebResponse>> send(const DocumentRequest& request);
  base::Result<LoadedDocument> read_inline() const;
  base::Result<> count_document();
  enum class Severity { warning, error };
  void report(int code, const std::string& message, Severity severity);
  void keep_exchange(const call::WebRequest& request);
  void keep_answer(const call::WebResponse& response);

  Voice& voice_;
  const Environment& environment_;
  const Program program_;
  const Restriction restriction_;
  LoadedDocument current_;
  CookieJar cookies_;
  /// The last document request and its answer: what a problem is shown with.
  struct Exchange {
    std::string method;
    std::string url;
    std::string variables;
    call::WebResponse response;
  } exchange_;
  std::size_t verb_index_ = 0;
  std::size_t documents_ = 0;
  std::deque<base::Instant> recent_documents_;  // of the last minute
  std::size_t verbs_without_media_ = 0;
};

}  // namespace belfry::twiml
