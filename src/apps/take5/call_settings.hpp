#pragma once
#include <chrono>
#include <string>

namespace belfry::apps::take5 {

struct CallSettings {
  std::string outbound_number;  // E.164: shown to the members, and sends the messages
  bool record = false;          // one mixed file of each call, announced to the participants
  bool detect_machines = false;
  bool international = false;  // members may have numbers of other countries
  std::chrono::seconds ring{30};
  int retries = 1;  // for whoever does not answer
  std::chrono::seconds retry_after{5};
  std::chrono::seconds longest{7200};  // whatever is planned
  std::size_t most_participants = 10;
  std::chrono::seconds notice{60};     // before the planned end
  std::chrono::seconds reminder{300};  // before a call that starts by itself
  std::string voice = "alice";
  std::string language = "en-US";
};

}  // namespace belfry::apps::take5
