#include "speech/voice_choice.hpp"

namespace belfry::speech {

bool is_male_voice(std::string_view voice) {
  constexpr std::string_view polly[] = {"Adriano", "Andres",  "Arthur",  "Brian",   "Cristiano",
                                        "Daniel",  "Enrique", "Geraint", "Giorgio", "Gregory",
                                        "Hans",    "Jacek",   "Jan",     "Joey",    "Justin",
                                        "Karl",    "Kevin",   "Laurent", "Liam",    "Mads",
                                        "Mathieu", "Matthew", "Maxim",   "Miguel",  "Patrick",
                                        "Pedro",   "Remi",    "Ricardo", "Ruben",   "Russell",
                                        "Sergio",  "Stephen", "Takumi",  "Thiago",  "Zayd"};
  if (voice == "man") return true;
  if (voice.starts_with("Polly.")) {
    const std::string_view name = voice.substr(6, voice.find('-') - 6);
    return std::find(std::begin(polly), std::end(polly), name) != std::end(polly);
  }
  if (!voice.starts_with("Google.en-") || voice.size() < 2) return false;
  return voice[voice.size() - 2] == '-' &&
         std::string_view("ABDIJ").find(voice.back()) != std::string_view::npos;
}

}  // namespace belfry::speech
