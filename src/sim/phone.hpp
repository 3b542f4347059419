#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/task.hpp"
#include "sim/behaviour.hpp"
#include "sim/phone_call.hpp"

namespace belfry::sim {

/// A file of a text message, as a phone shows it.
struct Picture {
  std::string content_type;
  std::string url;  // a path of this server; empty: it went from phone to phone, unseen by us
};

struct Message {
  std::string from;
  std::string to;
  std::string body;
  base::WallTime at{};
  std::vector<Picture> media = {};
  std::string message_sid = {};  // of one that came from the exchange

  base::json::object to_json() const;
};

/// One simulated telephone: how it behaves, the call it is in, what it remembers. Control thread.
class Phone {
 public:
  Phone(World& world, std::string number);

  const std::string& number() const { return number_; }
  void set_behaviour(Behaviour behaviour) { behaviour_ = std::move(behaviour); }
  const Behaviour& behaviour() const { return behaviour_; }

  /// A call arrives. A phone that is in a call is busy.
  PhoneCall& ring(PhoneLine& line, std::string from);
  /// It calls somebody; the line speaks for it. @param open the handset that dials; empty: none
  /// does, and it rings, if there is one
  PhoneCall& dial(PhoneLine& line, std::string to, const call::HandsetTelephones::Open& open);
  /// The call that is ringing or connected.
  PhoneCall* current();
  const std::deque<std::unique_ptr<PhoneCall>>& calls() const { return calls_; }
  void keep(Message message);

  /// The body of `GET /sim/phones/{number}`.
  base::json::object to_json() const;

 private:
  PhoneCall& add(std::unique_ptr<PhoneCall> call);

  World& world_;
  std::string number_;
  Behaviour behaviour_;
  std::uint64_t rings_ = 0;
  std::uint64_t last_call_ = 0;
  std::deque<std::unique_ptr<PhoneCall>> calls_;  // newest last, at most 50
  std::deque<Message> messages_;                  // likewise
};

}  // namespace belfry::sim
