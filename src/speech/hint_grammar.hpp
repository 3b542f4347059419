#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace belfry::speech {

/// The phrases that a caller will probably say, as a grammar for an engine that knows lower-case
/// words. Numbers become words ("42": "forty two" and "four two"), Twilio's class tokens of digits
/// ($FULLPHONENUM, $OOV_CLASS_DIGIT_SEQUENCE, $OPERAND …) a row of digits; tokens of other classes
/// are left out.
class HintGrammar {
 public:
  /// @param knows whether the engine can hear that word; a phrase with one that it cannot is left
  /// out and named in `unknown_words`.
  HintGrammar(
      const std::vector<std::string>& hints, const std::function<bool(std::string_view)>& knows
  );

  /// Nothing is left of the hints.
  bool empty() const { return written_.empty() && !digits_; }
  /// JSpeech Grammar Format (W3C Note, 2000).
  std::string to_jsgf() const;
  /// The words are one of the hints, or a row of digits ("oh" is one) where digits were hinted.
  bool allows(const std::string& heard) const;
  /// What was heard, as the hint writes it: "front desk" for the hint "Front Desk", "5551234" for
  /// a row of digits where digits were hinted.
  std::string as_written(const std::string& heard) const;
  const std::vector<std::string>& unknown_words() const { return unknown_words_; }

 private:
  std::map<std::string, std::string> written_;  // by what is spoken
  bool digits_ = false;
  std::vector<std::string> unknown_words_;
};

/// All ways to speak it, in lower-case words: one, or two when it has numbers.
std::vector<std::string> spoken_forms(std::string_view phrase);

}  // namespace belfry::speech
