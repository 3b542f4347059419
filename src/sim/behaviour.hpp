#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"

namespace belfry::sim {

/// One line of a phone's script: first the wait, then the act. An empty member is not asked for.
struct ScriptStep {
  bool after_speech = false;  // until what is spoken to the phone has been silent for 0.5 s
  std::optional<std::chrono::milliseconds> after;
  std::string press;  // keys 0-9 A-D * #, w: half a second
  std::string say;
  std::string play;  // file name of a recording in the simulator's audio folder
  double tone_hz = 0;
  std::chrono::milliseconds tone_length{0};
  bool hang_up = false;
};

/// How the network treats a phone's audio.
struct NetworkConditions {
  enum class OneWay { no, in, out };  // in: only towards the phone; out: only from it
  double loss = 0;
  std::chrono::milliseconds jitter{0};
  std::chrono::milliseconds delay{0};
  OneWay one_way = OneWay::no;
};

/// What a phone does with a message that it gets.
struct MessageReaction {
  std::string reply;  // empty: it keeps silent
  std::chrono::milliseconds reply_after{1000};
  int error = 0;  // the network cannot deliver to it, for this reason (30001 to 30010); 0: it can

  bool operator==(const MessageReaction&) const = default;
};

/// What a simulated phone does when it is called or written to. Read from and written as the JSON
/// of `PUT /sim/phones/{number}`.
struct Behaviour {
  enum class OnCall { answer, busy, reject, no_answer, unreachable, voicemail, person };
  OnCall on_call = OnCall::answer;
  std::chrono::milliseconds answer_after{1000};
  std::vector<ScriptStep> script;
  NetworkConditions network;
  MessageReaction on_message;

  /// Unknown members and wrong types are Errc::invalid_argument naming the member.
  static base::Result<Behaviour> from_json(const base::json::value& document);
  base::json::object to_json() const;
};

}  // namespace belfry::sim
