#pragma once
#include <string>

#include "base/task.hpp"
#include "call/journal.hpp"

namespace belfry::compat::aws::sns {

/// What an account has set for its text messages: a document "aws_sms_attributes". Control thread.
class SmsAttributes {
 public:
  explicit SmsAttributes(call::Journal& journal) : journal_(journal) {}

  base::Task<base::Result<base::json::object>> get(std::string account_sid);
  /// Those that are given, others stay. Errc::invalid_argument for names and values that are none.
  base::Task<base::Result<>> set(std::string account_sid, base::json::object given);

 private:
  call::Journal& journal_;
};

/// 1 to 11 letters and digits, at least one letter.
bool is_sender_id(std::string_view text);
bool is_sms_type(std::string_view text);

}  // namespace belfry::compat::aws::sns
