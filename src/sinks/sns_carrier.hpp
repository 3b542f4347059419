#pragma once
#include "call/message_carrier.hpp"
#include "sinks/aws_client.hpp"

namespace belfry::sinks {

/// Takes text messages to phones by Amazon SNS. SNS reports nothing of what becomes of them, so a
/// message stays `sent`. Control thread.
class SnsCarrier final : public call::MessageCarrier {
 public:
  /// @param other_side_counts_once it is a Belfry, which knows an attempt again; AWS does not
  SnsCarrier(AwsClient& aws, bool other_side_counts_once)
      : aws_(aws), other_side_counts_once_(other_side_counts_once) {}

  std::string_view name() const override { return "sns"; }
  bool costs_money() const override { return true; }
  base::Task<base::Result<std::string>> send(call::MessageRecord message) override;
  bool may_repeat() const override { return other_side_counts_once_; }
  void follow(const call::MessageRecord&) override {}
  void delivered(const call::MessageRecord&, std::vector<call::MessageMedium>) override {}

 private:
  AwsClient& aws_;
  bool other_side_counts_once_;
};

}  // namespace belfry::sinks
