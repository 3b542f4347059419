#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace belfry::call {

/// Whether, and how patiently, to find out who has answered a call (Twilio's MachineDetection…
/// parameters; ranges are the edges' business).
struct MachineDetection {
  enum class Mode {
    off,
    enable,      // decide as soon as it is clear
    message_end  // of a machine: wait until it takes a message
  } mode = Mode::off;
  std::chrono::seconds timeout{30};
  std::chrono::milliseconds speech_threshold{2400};      // longer speech is a machine's
  std::chrono::milliseconds speech_end_threshold{1200};  // so much silence ends the speech
  std::chrono::milliseconds silence_timeout{5000};       // nobody speaks at all
  bool in_background = false;  // the program begins at once; the result goes to `callback_url`
  std::string callback_url = {};
  std::string callback_method = "POST";
};

enum class AnsweredBy {
  human,
  machine_start,
  machine_end_beep,
  machine_end_silence,
  machine_end_other,
  fax,
  unknown,
};

std::string_view to_string(AnsweredBy who);
std::string_view to_string(MachineDetection::Mode mode);  // "", "Enable", "DetectMessageEnd"
std::optional<MachineDetection::Mode> parse_detection_mode(std::string_view text);

}  // namespace belfry::call
