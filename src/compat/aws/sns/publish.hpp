#pragma once
#include <expected>
#include <string>

#include "compat/aws/failure.hpp"
#include "compat/aws/input.hpp"

namespace belfry::compat::aws::sns {

/// A `Publish` to a telephone number.
struct Publication {
  std::string number;
  std::string message;             // of a structured one, what it says by SMS
  std::string sender_id;           // AWS.SNS.SMS.SenderID
  std::string origination_number;  // AWS.MM.SMS.OriginationNumber
};

/// Checks every member that SNS checks. Pure.
std::expected<Publication, Failure> read_publication(const Input& input);

}  // namespace belfry::compat::aws::sns
