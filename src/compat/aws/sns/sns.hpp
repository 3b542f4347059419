#pragma once
#include <string>
#include <vector>

#include "base/random.hpp"
#include "call/messages.hpp"
#include "call/number_directory.hpp"
#include "compat/aws/door.hpp"
#include "compat/aws/sns/sms_attributes.hpp"

namespace belfry::compat::aws::sns {

/// Amazon SNS as far as it sends text messages to telephone numbers; there are no topics. What is
/// published goes the way of all messages: simulated phones get it, Twilio's face lists it.
/// Control thread; outlives the router's requests.
class Sns {
 public:
  struct Environment {
    base::Loop& loop;
    base::Random& random;
    call::Journal& journal;
    call::Messages& messages;
    const call::NumberDirectory& directory;
    std::string default_sender;  // for accounts without a number
  };
  explicit Sns(Environment environment)
      : environment_(std::move(environment)), attributes_(environment_.journal) {}

  void add_to(Door& door);
  /// `GET` and `DELETE /_aws/sns/sms-messages`: what was published, for test suites that were
  /// written against an emulator. From this machine only: they carry no credentials (rule A1).
  void add_to(http::Router& router);

 private:
  base::Task<Answer> publish(Call call);
  base::Task<Answer> set_attributes(Call call);
  base::Task<Answer> get_attributes(Call call);
  base::Task<Answer> check_opted_out(Call call);
  base::Task<Answer> list_opted_out(Call call);
  base::Task<Answer> opt_in(Call call);
  base::Task<Answer> list_origination_numbers(Call call);
  base::Task<Answer> sandbox_status(Call call);
  base::Task<http::Response> list_messages(http::Request request);
  base::Task<http::Response> forget_messages(http::Request request);

  base::Task<base::Result<std::string>> choose_sender(
      std::string account_sid, std::string origination_number, std::string sender_id
  );
  base::Task<base::Result<std::vector<call::Document>>> opt_outs_of(
      std::string account_sid, std::string party
  );
  base::Task<base::Result<>> note(const Call& call, std::string message_id, std::string number);

  Environment environment_;
  SmsAttributes attributes_;
};

inline constexpr std::string_view message_collection = "aws_sns_message";

Failure invalid_parameter(std::string_view parameter, std::string_view reason);
/// A failure of the call model in SNS's words.
Failure to_failure(const base::Error& error, const std::string& number);

}  // namespace belfry::compat::aws::sns
