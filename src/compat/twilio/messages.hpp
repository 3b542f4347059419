#pragma once
#include "call/messages.hpp"
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// `/Messages`, `/Messages/{Sid}/Media`, `/Messages/{Sid}/Feedback`.
class MessagesResource final : public Resource {
 public:
  explicit MessagesResource(Context& context) : context_(context) {}
  void add_to(Api& api) override;

 private:
  base::Task<http::Response> create(Ask ask);
  base::Task<http::Response> list(Ask ask);
  base::Task<http::Response> fetch(Ask ask);
  base::Task<http::Response> update(Ask ask);
  base::Task<http::Response> remove(Ask ask);
  base::Task<http::Response> list_media(Ask ask);
  base::Task<http::Response> fetch_medium(Ask ask);
  base::Task<http::Response> remove_medium(Ask ask);
  base::Task<http::Response> give_feedback(Ask ask);
  /// The numbers of the messaging service that a message names; 21701 when there is none.
  base::Task<base::Result<>> choose_service(call::SendMessage& message);
  call::Messages& messages() const { return *context_.services().messages; }

  Context& context_;
};

base::json::object render_message(const call::MessageRecord& message);

/// The files of messages, `/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media/{Sid}`: by
/// their SID alone, as web applications and phones fetch them. Who knows the message's SID knows
/// 128 random bits (rule H6).
void add_message_files(http::Router& router, call::Messages& messages);

}  // namespace belfry::compat::twilio
