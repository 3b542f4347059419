#include "twiml/messaging_program.hpp"

#include "base/encoding.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "twiml/url.hpp"
#include "twiml/url_overrides.hpp"

namespace belfry::twiml {
namespace {

using namespace std::chrono_literals;
using base::Errc;
using base::Result;
using base::Task;

constexpr base::Duration conversation_time = 4h;
constexpr std::size_t max_conversations = 4096;
constexpr int max_documents = 11;  // the first and ten redirects

bool is_markup(std::string_view type) {
  return type == "text/xml" || type == "application/xml" || type == "text/html";
}

DocumentRequest fallback_document(const call::MessageNumber& number, const Failure& failure) {
  return {
      number.fallback_url,
      number.fallback_method,
      {{"ErrorCode", std::to_string(failure.error.detail)}, {"ErrorUrl", failure.url}},
      DocumentRequest::Purpose::fallback
  };
}

}  // namespace

call::FormFields message_parameters(
    const call::MessageRecord& message, const std::vector<call::MessageMedium>& media,
    std::string_view base_url
) {
  call::FormFields fields{
      {"MessageSid", message.sid},
      {"SmsSid", message.sid},
      {"SmsMessageSid", message.sid},
      {"AccountSid", message.account_sid},
      {"From", message.from},
      {"To", message.to},
      {"Body", message.body},
      {"NumMedia", std::to_string(media.size())},
      {"NumSegments", std::to_string(message.segments)},
      {"SmsStatus", "received"},
      {"ApiVersion", "2010-04-01"},
  };
  if (!message.messaging_service_sid.empty())
    fields.emplace_back("MessagingServiceSid", message.messaging_service_sid);
  for (const char* who : {"From", "To"})
    for (const char* what : {"City", "State", "Zip", "Country"})
      fields.emplace_back(std::string(who) + what, "");
  for (std::size_t i = 0; i < media.size(); ++i) {
    const std::string index = std::to_string(i);
    fields.emplace_back(
        "MediaUrl" + index, std::string(base_url) + "/2010-04-01/Accounts/" + message.account_sid +
                                "/Messages/" + message.sid + "/Media/" + media[i].sid
    );
    fields.emplace_back("MediaContentType" + index, media[i].content_type);
  }
  return fields;
}

/// One message's way through its documents.
class MessagingPrograms::Run {
 public:
  Run(MessagingPrograms& programs, call::Messages& messages, call::MessageRecord message,
      call::FormFields parameters)
      : programs_(programs),
        messages_(messages),
        message_(std::move(message)),
        parameters_(std::move(parameters)) {}

  /// Loads and runs one document. `NextVerb` means that it came to its end.
  Task<Step> document(DocumentRequest request) {
    if (++documents_ > max_documents)
      co_return Failure{
          {Errc::refused, "more than 10 redirects for one message", 14106},
          request.url,
          Failure::Recourse::none
      };
    const std::string url = request.url;
    Result<Loaded> loaded = co_await load(std::move(request));
    if (!loaded) co_return Failure{std::move(loaded.error()), url};
    for (const Warning& warning : loaded->document.warnings)
      complain(warning.code, warning.message, url);
    for (MessagingDocument::Verb& verb : loaded->document.verbs) {
      if (auto* redirect = std::get_if<Redirect>(&verb))
        co_return transfer(
            loaded->base, redirect->url.empty() ? url : redirect->url, redirect->method, {}
        );
      auto* message = std::get_if<Message>(&verb);
      base::Task<Step> sending = reply(std::move(*message), loaded->base);
      Step step = co_await std::move(sending);
      if (!std::holds_alternative<NextVerb>(step)) co_return step;
    }
    co_return NextVerb{};
  }

  void complain(int code, const std::string& text, const std::string& url) {
    messages_.complain(message_, {code, text, url});
  }

 private:
  Task<Result<Loaded>> load(DocumentRequest request) {
    if (!is_web_url(request.url))
      co_return base::fail(
          Errc::invalid_argument, "not a web URL: " + url_for_people(request.url), 11100
      );
    if (auto overridden = read_url_overrides(request.url); !overridden)
      co_return base::fail(std::move(overridden.error()));
    call::WebRequest web;
    web.account_sid = message_.account_sid;
    web.method = request.method;
    web.url = request.url;
    const bool is_action = request.purpose == DocumentRequest::Purpose::action;
    if (!is_action) web.form = parameters_;
    web.form.insert(web.form.end(), request.results.begin(), request.results.end());
    CookieJar& cookies = programs_.conversation(message_).cookies;
    web.cookies = cookies.cookies_for(request.url, programs_.loop_.wall_now());
    web.idempotency_id = base::make_uuid(programs_.random_);
    Result<call::WebResponse> response = co_await programs_.web_.send(std::move(web));
    if (!response) co_return base::fail(std::move(response.error()));
    co_return read(request.url, std::move(*response));
  }

  Result<Loaded> read(const std::string& asked, call::WebResponse response) {
    Loaded loaded;
    loaded.base = response.final_url.empty() ? asked : response.final_url;
    CookieJar& cookies = programs_.conversation(message_).cookies;
    for (const call::SetCookie& cookie : response.set_cookies)
      cookies.store(cookie.url, cookie.text, programs_.loop_.wall_now());
    if (response.status < 200 || response.status >= 300)
      return base::fail(
          Errc::unavailable, "the document answered " + std::to_string(response.status), 11200
      );
    if (base::trim(response.body).empty()) return loaded;  // no answer
    if (response.body.size() > max_document_bytes)
      return base::fail(Errc::too_large, "the document is larger than 64 KiB", 11750);
    const bool plain = response.content_type == "text/plain";
    if (!plain && !is_markup(response.content_type))
      return base::fail(
          Errc::unsupported, "a document cannot be of type \"" + response.content_type + "\"", 12300
      );
    auto document = read_messaging_document(response.body);
    if (!document && !plain) return base::fail(std::move(document.error()));
    loaded.document = document ? std::move(*document) : reply_document(response.body);
    return loaded;
  }

  Task<Step> reply(Message verb, std::string base) {
    call::SendMessage send;
    send.account_sid = message_.account_sid;
    send.from = verb.from.empty() ? message_.to : std::move(verb.from);
    send.to = verb.to.empty() ? message_.from : std::move(verb.to);
    send.body = std::move(verb.body);
    send.direction = call::MessageRecord::Direction::outbound_reply;
    send.origin_sid = message_.sid;
    for (const std::string& url : verb.media)
      send.media_urls.push_back(resolve_url(base, url).value_or(url));
    if (!verb.status_callback.empty()) {
      auto callback = resolve_url(base, verb.status_callback);
      if (callback) {
        send.status_callback = std::move(*callback);
      } else {
        complain(14105, "statusCallback is no web URL", base);
      }
    }
    // The same on a second run after a restart: the reply is sent once.
    send.sid =
        (send.media_urls.empty() ? "SM" : "MM") +
        base::sha256_hex(message_.sid + " reply " + std::to_string(++replies_)).substr(0, 32);
    const auto sent = co_await messages_.send(std::move(send));
    call::FormFields results{{"AccountSid", message_.account_sid}, {"ApiVersion", "2010-04-01"}};
    if (sent) {
      const call::FormFields about = sent_parameters(*sent);
      results.insert(results.end(), about.begin(), about.end());
    } else {
      complain(document_code(sent.error().detail), sent.error().message, base);
      results.emplace_back("MessageStatus", "failed");
      results.emplace_back("SmsStatus", "failed");
      results.emplace_back("ErrorCode", std::to_string(sent.error().detail));
    }
    if (!verb.action) co_return NextVerb{};
    Step next = transfer(base, *verb.action, verb.method, std::move(results));
    co_return next;
  }

  static Step transfer(
      const std::string& base, const std::string& url, const std::string& method,
      call::FormFields results
  ) {
    auto resolved = resolve_url(base, url);
    if (!resolved)
      return Failure{
          {Errc::invalid_argument, "not a web URL: " + std::string(base::truncate_utf8(url, 200)),
           11100},
          url
      };
    const auto purpose =
        results.empty() ? DocumentRequest::Purpose::document : DocumentRequest::Purpose::action;
    return Transfer{{std::move(*resolved), method, std::move(results), purpose}};
  }

  MessagingPrograms& programs_;
  call::Messages& messages_;
  const call::MessageRecord message_;
  const call::FormFields parameters_;
  int documents_ = 0;
  int replies_ = 0;
};

MessagingPrograms::Conversation& MessagingPrograms::conversation(const call::MessageRecord& message
) {
  const base::Instant now = loop_.now();
  if (conversations_.size() >= max_conversations)
    std::erase_if(conversations_, [now](const auto& entry) { return entry.second.until <= now; });
  if (conversations_.size() >= max_conversations) conversations_.clear();
  Conversation& found = conversations_[message.account_sid + " " + message.from + " " + message.to];
  if (found.until <= now) found.cookies = {};
  found.until = now + conversation_time;
  return found;
}

Task<void> MessagingPrograms::run(
    call::Messages& messages, call::MessageRecord message, call::MessageNumber number
) {
  const auto media = co_await messages.media_of(message.sid);
  if (message.messaging_service_sid.empty())
    message.messaging_service_sid = number.messaging_service_sid;
  call::FormFields parameters =
      message_parameters(message, media ? *media : std::vector<call::MessageMedium>(), base_url_());
  Run run(*this, messages, std::move(message), std::move(parameters));
  DocumentRequest request{number.url, number.method, {}, DocumentRequest::Purpose::document};
  while (true) {
    const bool was_fallback = request.purpose == DocumentRequest::Purpose::fallback;
    base::Task<Step> running = run.document(std::move(request));
    Step step = co_await std::move(running);
    if (auto* transfer = std::get_if<Transfer>(&step)) {
      request = std::move(transfer->request);
      continue;
    }
    const auto* failure = std::get_if<Failure>(&step);
    if (failure == nullptr) co_return;
    run.complain(failure->error.detail, failure->error.message, failure->url);
    if (failure->recourse != Failure::Recourse::fallback || was_fallback ||
        number.fallback_url.empty())
      co_return;
    request = fallback_document(number, *failure);
  }
}

}  // namespace belfry::twiml
