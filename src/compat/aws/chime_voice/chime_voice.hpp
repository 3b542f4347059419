#pragma once
#include "compat/aws/chime_voice/connectors.hpp"
#include "compat/aws/chime_voice/context.hpp"
#include "compat/aws/chime_voice/phone_number_orders.hpp"
#include "compat/aws/chime_voice/phone_numbers.hpp"

namespace belfry::compat::aws::chime_voice {

/// Amazon Chime SDK Voice: telephone numbers and voice connectors. The numbers are those that
/// Twilio's face shows, a connector's termination is a SIP domain, its origination are trunks.
/// Control thread; outlives the router's requests.
class ChimeVoice {
 public:
  explicit ChimeVoice(Context context)
      : context_(context), numbers_(context_), orders_(context_), connectors_(context_) {}

  void add_to(Door& door);
  /// Before `restore`. @param trunks outlives this
  void connect(ConnectorTrunks& trunks) { context_.trunks = &trunks; }
  /// At start: the trunks of the connectors run again.
  base::Task<base::Result<>> restore() { return connectors_.restore(); }

 private:
  Context context_;
  PhoneNumbers numbers_;
  PhoneNumberOrders orders_;
  Connectors connectors_;
};

}  // namespace belfry::compat::aws::chime_voice
