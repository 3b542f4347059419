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

std::string_view word(Method method) {
  return method == Method::get ? "GET" : "POST";
}

}  // namespace

Messaging::Messaging(Parts parts, const Config& config)
    : own_url_(without_slash(config.http.public_url)),
      blobs_(media_folder(config), parts.pool),
      programs_(parts.loop, parts.web, parts.random, [this] { return own_url_; }) {
  read_numbers(config, parts.account_sid);
  make_carriers(parts, config);
  call::Messages::Settings settings;
  settings.per_day = config.messages.per_day;
  settings.sender_interval = std::chrono::milliseconds(config.messages.sender_interval_ms);
  messages_ = std::make_unique<call::Messages>(
      call::Messages::Parts{
          parts.loop,
          parts.random,
          parts.journal,
          parts.outbox,
          parts.web,
          blobs_,
          routes_,
          numbers_,
          callback_format_,
          &programs_,
          {}
      },
      settings
  );
  if (text_network_) text_network_->connect(*messages_);
  for (const auto& carrier : carriers_) carrier->add_to(parts.router, *messages_);
  compat::twilio::add_message_files(parts.router, *messages_);
}

Messaging::~Messaging() = default;

void Messaging::set_own_url(std::string url) {
  if (own_url_.empty()) own_url_ = without_slash(std::move(url));
}

void Messaging::read_numbers(const Config& config, const std::string& account_sid) {
  for (const NumberConfig& number : config.numbers) {
    call::MessageNumber entry;
    entry.account_sid = account_sid;
    entry.url = number.sms_url;
    entry.method = word(number.sms_method);
    entry.fallback_url = number.sms_fallback_url;
    numbers_.set(number.number, std::move(entry));
  }
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
  if (parts.phones == nullptr) return;
  text_network_ = std::make_unique<sim::TextNetwork>(parts.loop, *parts.phones);
  routes_.set_fallback(text_network_.get());
}

}  // namespace belfry::server
