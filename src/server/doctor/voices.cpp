#include "server/doctor/check.hpp"
#include "speech/synthesizer.hpp"

namespace belfry::server::doctor {

Findings check_voices(Machine& machine) {
  const std::string subject = "voices";
  if (speech::Espeak(speech::Synthesizer::Settings().espeak_program).available())
    return {{subject, true, "English built in; others by espeak-ng"}};
  const std::string advice = "install espeak-ng for other languages: apt-get install espeak-ng";
  const std::string& language = machine.config.speech.language;
  if (language.starts_with("en")) return {{subject, true, "English built in; " + advice}};
  return {
      {subject, false, "speech.language is " + language + ", but only English is there; " + advice}
  };
}

}  // namespace belfry::server::doctor
