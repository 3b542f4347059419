#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/worker_pool.hpp"
#include "call/destination_policy.hpp"
#include "call/messages.hpp"
#include "call/notifications.hpp"
#include "call/usage.hpp"
#include "compat/twilio/message_carrier.hpp"
#include "http/router.hpp"
#include "server/config/config.hpp"
#include "sim/text_network.hpp"
#include "store/blob_folder.hpp"
#include "twiml/message_callback.hpp"
#include "twiml/messaging_program.hpp"

namespace belfry::server {

/// Text messages of a `System`: their service with its carriers, numbers and programs, wired from
/// the configuration. Control thread.
class Messaging {
 public:
  struct Parts {
    base::Loop& loop;
    base::Random& random;
    base::WorkerPool& pool;
    call::Journal& journal;
    call::Outbox& outbox;
    call::WebClient& web;
    http::Router& router;
    call::MessageNumbers& numbers;
    const call::DestinationPolicy& destinations;
    call::Usage& usage;
    call::Notifications& problems;
    sim::PhoneNetwork* phones;              // nullptr: no simulator
    call::MessageCarrier* cloud = nullptr;  // another way out; nullptr: none
  };
  Messaging(Parts parts, const Config& config);
  Messaging(const Messaging&) = delete;
  Messaging& operator=(const Messaging&) = delete;
  ~Messaging();

  call::Messages& messages() { return *messages_; }
  /// How we are reached, when the configuration does not say: known once a port is open.
  void set_own_url(std::string url);

 private:
  void make_carriers(const Parts& parts, const Config& config);
  void keep_account(const Parts& parts);

  std::string own_url_;
  call::MessageRoutes routes_;
  store::BlobFolder blobs_;
  twiml::MessageStatusCallback callback_format_;
  twiml::MessagingPrograms programs_;
  std::vector<std::unique_ptr<compat::twilio::TwilioMessageCarrier>> carriers_;
  std::unique_ptr<sim::TextNetwork> text_network_;
  std::unique_ptr<call::Messages> messages_;
};

}  // namespace belfry::server
