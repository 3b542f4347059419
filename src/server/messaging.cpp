#include "server/messaging.hpp"

#include "compat/twilio/messages.hpp"

namespace belfry::server {
namespace {

std::filesystem::path media_folder(const Config& config) {
  if (config.data == ":memory:") return {};
  return std::filesystem::path(config.data) / "media";
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

/// What stopped a document, unlike what was skipped in it.
bool is_error(int code) {
  return code < 12'200 || code == 12'300 || code == 14'106 || code == 14'107 || code == 14'110;
}

}  // namespace

Messaging::Messaging(Parts parts, const Config& config)
    : own_url_(without_slash(config.http.public_url)),
      blobs_(media_folder(config), parts.pool),
      programs_(parts.loop, parts.web, parts.random, [this] { return own_url_; }) {
  make_carriers(parts, config);
  call::Messages::Settings settings;
  settings.per_day = config.messages.per_day;
  settings.queue_per_sender = config.messages.queue_per_sender;
  settings.sender_interval = std::chrono::milliseconds(config.messages.sender_interval_ms);
  settings.keep = config.retention.calls;
  messages_ = std::make_unique<call::Messages>(
      call::Messages::Parts{
          parts.loop, parts.random, parts.journal, parts.outbox, parts.web, blobs_, routes_,
          parts.numbers, callback_format_, &programs_, &parts.destinations
      },
      settings
  );
  keep_account(parts);
  if (text_network_) text_network_->connect(*messages_);
  for (const auto& carrier : carriers_) carrier->add_to(parts.router, *messages_);
  compat::twilio::add_message_files(parts.router, *messages_);
}

Messaging::~Messaging() = default;

void Messaging::set_own_url(std::string url) {
  if (own_url_.empty()) own_url_ = without_slash(std::move(url));
}

/// What was sent and received, and what went wrong with documents, by account.
void Messaging::keep_account(const Parts& parts) {
  messages_->on_change([&usage = parts.usage](const call::MessageRecord& message) {
    const bool counts = message.status == call::MessageStatus::sent ||
                        message.status == call::MessageStatus::received;
    if (!counts) return;
    usage.add(message.account_sid, "sms", 1);
    usage.add(message.account_sid, message.outbound() ? "sms-outbound" : "sms-inbound", 1);
  });
  messages_->on_problem([&problems = parts.problems](
                            const call::MessageRecord& message,
                            const call::Messages::Problem& problem
                        ) {
    call::Problem found{.account_sid = message.account_sid};
    found.level =
        is_error(problem.code) ? call::Problem::Level::error : call::Problem::Level::warning;
    found.code = problem.code;
    found.message = problem.message;
    found.request_url = problem.url;
    problems.add(found);
  });
}

void Messaging::make_carriers(const Parts& parts, const Config& config) {
  for (const MessageCarrierConfig& each : config.message_carriers) {
    carriers_.push_back(std::make_unique<compat::twilio::TwilioMessageCarrier>(
        parts.web,
        compat::twilio::TwilioMessageCarrier::Settings{
            each.name, each.url, each.account_sid, each.auth_token
        },
        [this] { return own_url_; }
    ));
    routes_.add(each.prefix, *carriers_.back());
  }
  if (parts.cloud != nullptr) routes_.add(config.aws.message_prefix, *parts.cloud);
  if (parts.phones == nullptr) return;
  text_network_ = std::make_unique<sim::TextNetwork>(parts.loop, *parts.phones);
  routes_.set_fallback(text_network_.get());
}

}  // namespace belfry::server
