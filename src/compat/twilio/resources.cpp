#include "compat/twilio/resources.hpp"

#include "compat/twilio/accounts.hpp"
#include "compat/twilio/applications.hpp"
#include "compat/twilio/available_phone_numbers.hpp"
#include "compat/twilio/calls.hpp"
#include "compat/twilio/conferences.hpp"
#include "compat/twilio/incoming_phone_numbers.hpp"
#include "compat/twilio/keys.hpp"
#include "compat/twilio/lookups.hpp"
#include "compat/twilio/messages.hpp"
#include "compat/twilio/messaging_services.hpp"
#include "compat/twilio/notifications.hpp"
#include "compat/twilio/outgoing_caller_ids.hpp"
#include "compat/twilio/participants.hpp"
#include "compat/twilio/queues.hpp"
#include "compat/twilio/real_time_transcriptions.hpp"
#include "compat/twilio/recordings.hpp"
#include "compat/twilio/running_recordings.hpp"
#include "compat/twilio/sip_access_lists.hpp"
#include "compat/twilio/sip_credentials.hpp"
#include "compat/twilio/sip_domains.hpp"
#include "compat/twilio/siprec.hpp"
#include "compat/twilio/streams.hpp"
#include "compat/twilio/tokens.hpp"
#include "compat/twilio/transcriptions.hpp"
#include "compat/twilio/usage.hpp"
#include "compat/twilio/user_defined_messages.hpp"

namespace belfry::compat::twilio {
namespace {

template <class... Nouns>
std::vector<std::unique_ptr<Resource>> make(Context& context) {
  std::vector<std::unique_ptr<Resource>> made;
  (made.push_back(std::make_unique<Nouns>(context)), ...);
  return made;
}

}  // namespace

Resources::Resources(Context context, http::Router& router)
    : context_(context),
      api_(context.loop, context.random, context.accounts, router),
      resources_(make<                            //
                 AccountsResource,                //
                 ApplicationsResource,            //
                 AvailablePhoneNumbersResource,   //
                 CallsResource,                   //
                 ConferencesResource,             //
                 IncomingPhoneNumbersResource,    //
                 KeysResource,                    //
                 LookupsResource,                 //
                 MessagesResource,                //
                 MessagingServicesResource,       //
                 NotificationsResource,           //
                 OutgoingCallerIdsResource,       //
                 ParticipantsResource,            //
                 QueuesResource,                  //
                 SipAccessListsResource,          //
                 SipCredentialsResource,          //
                 SipDomainsResource,              //
                 RealTimeTranscriptionsResource,  //
                 RecordingsResource,              //
                 RunningRecordingsResource,       //
                 SiprecResource,                  //
                 StreamsResource,                 //
                 TokensResource,                  //
                 TranscriptionsResource,          //
                 UsageResource,                   //
                 UserDefinedMessagesResource      //
                 >(context_)) {
  if (context.links != nullptr) api_.accept_links(*context.links);
  for (const auto& resource : resources_) resource->add_to(api_);
}

}  // namespace belfry::compat::twilio
