#pragma once
#include <map>
#include <string>

#include "base/random.hpp"
#include "call/messages.hpp"
#include "twiml/cookie_jar.hpp"
#include "twiml/messaging.hpp"
#include "twiml/step.hpp"

namespace belfry::twiml {

/// Answers incoming messages by the messaging documents of their number: asks its URL, does what
/// the document says, and turns to the fall-back URL once when a document cannot be had or read.
/// Cookies are kept for each pair of numbers for 4 hours. Control thread.
class MessagingPrograms final : public call::MessageProgram {
 public:
  /// @param base_url gives how the outside reaches us, `https://host`, for the URLs of media.
  MessagingPrograms(
      base::Loop& loop, call::WebClient& web, base::Random& random,
      std::function<std::string()> base_url
  )
      : loop_(loop), web_(web), random_(random), base_url_(std::move(base_url)) {}

  base::Task<void> run(
      call::Messages& messages, call::MessageRecord message, call::MessageNumber number
  ) override;

 private:
  struct Conversation {
    CookieJar cookies;
    base::Instant until{};
  };
  struct Loaded {
    MessagingDocument document;
    std::string base;  // where relative URLs start
  };
  class Run;

  Conversation& conversation(const call::MessageRecord& message);

  base::Loop& loop_;
  call::WebClient& web_;
  base::Random& random_;
  std::function<std::string()> base_url_;
  std::map<std::string, Conversation> conversations_;  // at most 4,096
};

/// The parameters of a request about an incoming message.
call::FormFields message_parameters(
    const call::MessageRecord& message, const std::vector<call::MessageMedium>& media,
    std::string_view base_url
);

}  // namespace belfry::twiml
