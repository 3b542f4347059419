#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/worker_pool.hpp"
#include "call/messages.hpp"
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
    sim::PhoneNetwork* phones;  // nullptr: no simulator
    std::string account_sid;    // of numbers and phones that nobody else has
  };
  Messaging(Parts parts, const Config& config);
  Messaging(const Messaging&) = delete;
  Messaging& operator=(const Messaging&) = delete;
  ~Messaging();

  call::Messages& messages() { return *messages_; }
  /// Knows the numbers that are made by the API; outlives this.
  void set_more_numbers(call::MessageNumbers* numbers) { numbers_.set_more(numbers); }
  /// How we are reached, when the configuration does not say: known once a port is open.
  void set_own_url(std::string url);

 private:
  void read_numbers(const Config& config, const std::string& account_sid);
  void make_carriers(const Parts& parts, const Config& config);

  std::string own_url_;
  call::ConfiguredMessageNumbers numbers_;
  call::MessageRoutes routes_;
  store::BlobFolder blobs_;
  twiml::MessageStatusCallback callback_format_;
  twiml::MessagingPrograms programs_;
  std::vector<std::unique_ptr<compat::twilio::TwilioMessageCarrier>> carriers_;
  std::unique_ptr<sim::TextNetwork> text_network_;
  std::unique_ptr<call::Messages> messages_;
};

}  // namespace belfry::server
