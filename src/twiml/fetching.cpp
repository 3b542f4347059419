#include "base/ids.hpp"
#include "base/text.hpp"
#include "twiml/parameters.hpp"
#include "twiml/session.hpp"
#include "twiml/url.hpp"
#include "twiml/url_overrides.hpp"

/// How a session gets its documents, and how many it may have (rules W2 and W3).
namespace belfry::twiml {
namespace {

using namespace std::chrono_literals;
using base::Errc;
using base::Result;

constexpr std::size_t max_documents = 1000;
constexpr std::size_t max_documents_a_minute = 60;
constexpr std::size_t max_answer_bytes = 20u << 20;  // an answer may be audio

/// What is told of a request's parameters: those with a value, cut to what a page can show.
base::json::object describe(const call::FormFields& form) {
  base::json::object parameters;
  for (const auto& [name, value] : form)
    if (!value.empty()) parameters[name] = base::truncate_utf8(value, 300);
  return parameters;
}

/// The beginning of a text; nothing of audio.
std::string_view body_for_people(const call::WebResponse& response) {
  if (MediaFiles::is_audio(response.content_type) || !base::is_valid_utf8(response.body)) return "";
  return base::truncate_utf8(response.body, 2048);
}

/// A standard parameter that is said again counts once, as it was said last.
void set(call::FormFields& form, const std::string& name, const std::string& value) {
  const auto known = std::ranges::find(form, name, &call::FormFields::value_type::first);
  if (known == form.end()) {
    form.emplace_back(name, value);
  } else {
    known->second = value;
  }
}

bool is_markup(std::string_view type) {
  return type == "text/xml" || type == "application/xml" || type == "text/html";
}

Result<> check_status(const call::WebResponse& response) {
  if (response.status >= 200 && response.status < 300) return {};
  std::string message = "the document answered " + std::to_string(response.status);
  if (response.status == 403)
    message +=
        "; does its signature check use this account's auth token and the URL as configured?";
  return base::fail(Errc::unavailable, std::move(message), 11200);
}

}  // namespace

base::Task<std::expected<void, Failure>> Session::load(DocumentRequest request) {
  auto loaded = co_await fetch(std::move(request));
  if (!loaded) co_return std::unexpected(std::move(loaded.error()));
  current_ = std::move(*loaded);
  for (const Warning& warning : current_.document.warnings) warn(warning.code, warning.message);
  co_return std::expected<void, Failure>{};
}

base::Task<std::expected<LoadedDocument, Failure>> Session::fetch(DocumentRequest request) {
  if (auto allowed = count_document(); !allowed)
    co_return std::unexpected(
        Failure{std::move(allowed.error()), request.url, Failure::Recourse::none}
    );
  if (request.url.empty()) {
    auto document = read_inline();
    if (!document) co_return std::unexpected(Failure{std::move(document.error()), ""});
    co_return std::move(*document);
  }
  Result<call::WebResponse> response = co_await send(request);
  if (!response) co_return std::unexpected(Failure{std::move(response.error()), request.url});
  std::string base = response->final_url.empty() ? request.url : response->final_url;
  Result<LoadedDocument> document = co_await read(std::move(*response), request.purpose);
  if (!document) co_return std::unexpected(Failure{std::move(document.error()), request.url});
  document->url = std::move(request.url);
  document->base = std::move(base);
  co_return std::move(*document);
}

base::Task<Result<call::WebResponse>> Session::send(const DocumentRequest& request) {
  if (!is_web_url(request.url))
    co_return base::fail(
        Errc::invalid_argument, "not a web URL: " + url_for_people(request.url), 11100
    );
  if (auto overridden = read_url_overrides(request.url); !overridden)
    co_return base::fail(std::move(overridden.error()));
  call::WebRequest web;
  web.method = request.method;
  web.url = request.url;
  web.account_sid = voice_.record().account_sid;
  web.form = standard_parameters(voice_.record());
  web.form.insert(web.form.end(), restriction_.always.begin(), restriction_.always.end());
  for (const auto& [name, value] : request.results) set(web.form, name, value);
  web.cookies = cookies_.cookies_for(request.url, voice_.loop().wall_now());
  web.idempotency_id = base::make_uuid(environment_.random);
  web.own_application = is_own(request.url);
  web.max_body = max_answer_bytes;
  voice_.note(
      "webhook.request", {{"url", url_for_people(request.url)},
                          {"method", request.method},
                          {"parameters", describe(web.form)}}
  );
  keep_exchange(web);
  const base::Instant sent = voice_.loop().now();
  Result<call::WebResponse> response = co_await environment_.web.send(std::move(web));
  const std::int64_t ms = base::to_ms(voice_.loop().now() - sent);
  if (!response) {
    voice_.note(
        "webhook.response",
        {{"status", 0}, {"ms", ms}, {"bytes", 0}, {"error", response.error().message}}
    );
    co_return response;
  }
  voice_.note(
      "webhook.response", {{"status", response->status},
                           {"ms", ms},
                           {"bytes", response->body.size()},
                           {"content_type", response->content_type},
                           {"body", body_for_people(*response)}}
  );
  keep_answer(*response);
  for (const call::SetCookie& cookie : response->set_cookies)
    cookies_.store(cookie.url, cookie.text, voice_.loop().wall_now());
  if (auto ok = check_status(*response); !ok) co_return base::fail(std::move(ok.error()));
  co_return response;
}

base::Task<Result<LoadedDocument>> Session::read(call::WebResponse response, Purpose purpose) {
  LoadedDocument loaded;
  if (base::trim(response.body).empty()) {
    if (purpose == Purpose::action) co_return loaded;
    co_return base::fail(Errc::malformed, "the document is empty", 11770);
  }
  if (MediaFiles::is_audio(response.content_type)) {
    std::string type = std::move(response.content_type);
    std::string body = std::move(response.body);
    Result<media::PcmClipPtr> clip =
        co_await environment_.files.decode(std::move(type), std::move(body));
    if (!clip) co_return base::fail(std::move(clip.error()));
    loaded.audio = std::move(*clip);
    co_return loaded;
  }
  if (response.body.size() > max_document_bytes)
    co_return base::fail(Errc::too_large, "the document is larger than 64 KiB", 11750);
  const bool plain = response.content_type == "text/plain";
  if (!plain && !is_markup(response.content_type))
    co_return base::fail(
        Errc::unsupported, "a document cannot be of type \"" + response.content_type + "\"", 12300
    );
  auto document = read_document(response.body);
  if (!document && !plain) co_return base::fail(std::move(document.error()));
  loaded.document = document ? std::move(*document) : say_document(std::move(response.body));
  co_return loaded;
}

Result<LoadedDocument> Session::read_inline() const {
  LoadedDocument loaded;
  if (program_.twiml.empty() && program_.url.empty() && !program_.say.empty()) {
    loaded.document = say_document(program_.say);
    return loaded;
  }
  if (program_.twiml.empty())
    return base::fail(Errc::invalid_argument, "the program has no document", 11100);
  BELFRY_TRY(document, read_document(program_.twiml));
  loaded.document = std::move(document);
  return loaded;
}

Result<> Session::count_document() {
  const base::Instant now = voice_.loop().now();
  while (!recent_documents_.empty() && recent_documents_.front() <= now - 1min)
    recent_documents_.pop_front();
  // What those hear who wait is repeated for as long as they wait.
  if (++documents_ > max_documents && kind() == DocumentKind::main)
    return base::fail(Errc::refused, "more than 1,000 documents in one call", 11215);
  if (recent_documents_.size() == max_documents_a_minute)
    return base::fail(Errc::refused, "more than 60 documents in a minute", 11215);
  recent_documents_.push_back(now);
  return {};
}

}  // namespace belfry::twiml
