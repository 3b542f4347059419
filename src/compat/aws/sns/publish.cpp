#include "compat/aws/sns/publish.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/ids.hpp"
#include "call/json_members.hpp"
#include "call/message_text.hpp"
#include "compat/aws/sns/sns.hpp"

namespace belfry::compat::aws::sns {
namespace {

constexpr std::size_t max_characters = 1600;

bool is_e164(std::string_view number) {
  return number.size() >= 8 && number.size() <= 16 && number.starts_with('+') &&
         std::ranges::all_of(number.substr(1), [](char digit) {
           return digit >= '0' && digit <= '9';
         });
}

/// What a message with parts for several protocols says by SMS.
std::expected<std::string, Failure> sms_part(const std::string& message) {
  const auto parts = base::json::parse(message);
  if (!parts || !parts->is_object())
    return std::unexpected(
        invalid_parameter("Message Structure", "JSON message body failed to parse")
    );
  if (base::json::find_string(*parts, "default") == nullptr)
    return std::unexpected(
        invalid_parameter("Message Structure", "No default entry in JSON message body")
    );
  const auto* sms = base::json::find_string(*parts, "sms");
  return std::string(sms != nullptr ? *sms : *base::json::find_string(*parts, "default"));
}

std::expected<void, Failure> read_attributes(const Input& input, Publication& publication) {
  const base::json::object attributes = input.object("MessageAttributes");
  for (const auto& [name, attribute] : attributes) {
    if (!attribute.is_object()) continue;
    const std::string value = Input(attribute.get_object()).text("StringValue");
    if (name == "AWS.SNS.SMS.SenderID") {
      if (!is_sender_id(value))
        return std::unexpected(invalid_parameter(
            "AWS.SNS.SMS.SenderID", "it must be 1 to 11 letters and digits, one of them a letter"
        ));
      publication.sender_id = value;
    } else if (name == "AWS.MM.SMS.OriginationNumber") {
      publication.origination_number = value;
    } else if (name == "AWS.SNS.SMS.SMSType" && !is_sms_type(value)) {
      return std::unexpected(
          invalid_parameter("AWS.SNS.SMS.SMSType", "it must be Promotional or Transactional")
      );
    } else if (name == "AWS.SNS.SMS.MaxPrice") {
      const auto price = Input(attribute.get_object()).number("StringValue");
      if (!price || *price < 0)
        return std::unexpected(invalid_parameter("AWS.SNS.SMS.MaxPrice", "it must be a number"));
    }
  }
  return {};
}

/// Message ids are UUIDs here and SIDs there; both are the same 32 digits.
std::string to_uuid(std::string_view sid) {
  std::string digits(sid.substr(2));
  for (const std::size_t at : {20u, 16u, 12u, 8u}) digits.insert(at, "-");
  return digits;
}

}  // namespace

std::expected<Publication, Failure> read_publication(const Input& input) {
  Publication publication;
  const int targets = static_cast<int>(input.has("PhoneNumber")) +
                      static_cast<int>(input.has("TopicArn")) +
                      static_cast<int>(input.has("TargetArn"));
  if (targets != 1)
    return std::unexpected(Failure{
        400, "InvalidParameter",
        "Invalid parameter: TopicArn or TargetArn Reason: exactly one of TopicArn, TargetArn and "
        "PhoneNumber is needed"
    });
  if (!input.has("PhoneNumber"))
    return std::unexpected(Failure{404, "NotFound", "Topic does not exist"});
  publication.number = input.text("PhoneNumber");
  if (!is_e164(publication.number))
    return std::unexpected(
        invalid_parameter("PhoneNumber", publication.number + " is not valid to publish to")
    );
  publication.message = input.text("Message");
  if (input.text("MessageStructure") == "json") {
    auto part = sms_part(publication.message);
    if (!part) return std::unexpected(part.error());
    publication.message = std::move(*part);
  }
  if (publication.message.empty())
    return std::unexpected(invalid_parameter("Message", "it is empty"));
  if (call::measure_message(publication.message).characters > max_characters)
    return std::unexpected(invalid_parameter("Message", "it exceeds 1600 characters"));
  if (auto read = read_attributes(input, publication); !read) return std::unexpected(read.error());
  return publication;
}

base::Task<base::Result<std::string>> Sns::choose_sender(
    std::string account_sid, std::string origination_number, std::string sender_id
) {
  if (!origination_number.empty()) {
    if (environment_.directory.owns(account_sid, origination_number)) co_return origination_number;
    co_return base::fail(
        base::Errc::invalid_argument,
        "the origination number " + origination_number + " is not one of yours"
    );
  }
  if (!sender_id.empty()) co_return sender_id;
  const auto attributes = co_await attributes_.get(account_sid);
  if (!attributes) co_return base::fail(attributes.error());
  std::string by_default = call::text_member(*attributes, "DefaultSenderID");
  if (!by_default.empty()) co_return by_default;
  call::DocumentQuery query{.collection = std::string(call::NumberDirectory::numbers), .limit = 1};
  query.tag = std::move(account_sid);
  const auto numbers = co_await environment_.journal.find_documents(std::move(query));
  if (!numbers) co_return base::fail(numbers.error());
  if (numbers->empty()) co_return environment_.default_sender;
  co_return call::text_member(numbers->front().value, "phone_number");
}

base::Task<Answer> Sns::publish(Call call) {
  const auto publication = read_publication(call.input());
  if (!publication) co_return std::unexpected(publication.error());
  const auto refused = co_await opt_outs_of(call.account_sid, publication->number);
  if (!refused) co_return std::unexpected(to_failure(refused.error(), publication->number));
  if (!refused->empty())
    co_return std::unexpected(
        invalid_parameter("PhoneNumber", publication->number + " is opted out")
    );
  const auto sender = co_await choose_sender(
      call.account_sid, publication->origination_number, publication->sender_id
  );
  if (!sender) co_return std::unexpected(to_failure(sender.error(), publication->number));
  call::SendMessage message;
  message.account_sid = call.account_sid;
  message.from = *sender;
  message.to = publication->number;
  message.body = publication->message;
  // A client's second attempt is the same message.
  message.sid =
      call.invocation.empty() ? base::make_sid("SM", environment_.random) : "SM" + call.invocation;
  const auto sent = co_await environment_.messages.send(std::move(message));
  if (!sent) co_return std::unexpected(to_failure(sent.error(), publication->number));
  const std::string id = to_uuid(sent->sid);
  const auto noted = co_await note(call, id, publication->number);
  if (!noted) co_return std::unexpected(to_failure(noted.error(), publication->number));
  co_return Answer(base::json::object{{"MessageId", id}});
}

}  // namespace belfry::compat::aws::sns
