#include "twiml/ssml.hpp"

#include "base/text.hpp"
#include "twiml/sentences.hpp"

namespace belfry::twiml {
namespace {

using namespace std::chrono_literals;

struct Style {
  std::string voice;
  std::string language;
  double rate = 1;
  bool operator==(const Style&) const = default;
};

/// A number in front of a unit; nothing when it is not the whole text.
std::optional<double> number_before(std::string_view text, std::string_view unit) {
  if (!text.ends_with(unit)) return std::nullopt;
  text.remove_suffix(unit.size());
  const std::size_t dot = std::min(text.find('.'), text.size());
  const auto whole = base::parse_unsigned(text.substr(0, dot));
  if (!whole || *whole > 1'000'000) return std::nullopt;
  if (dot == text.size()) return static_cast<double>(*whole);
  const std::string_view decimals = text.substr(dot + 1, 6);
  const auto part = base::parse_unsigned(decimals);
  if (!part) return std::nullopt;
  double value = static_cast<double>(*part);
  for (std::size_t i = 0; i < decimals.size(); ++i) value /= 10;
  return static_cast<double>(*whole) + value;
}

base::Duration length_of_break(const Element& element) {
  constexpr std::pair<std::string_view, base::Duration> strengths[] = {
      {"none", 0ms},     {"x-weak", 100ms}, {"weak", 250ms},
      {"medium", 500ms}, {"strong", 750ms}, {"x-strong", 1000ms}
  };
  if (const std::string* time = element.attribute("time")) {
    const auto trimmed = base::trim(*time);
    auto ms = number_before(trimmed, "ms");
    if (!ms) {
      ms = number_before(trimmed, "s");
      if (ms) *ms *= 1000;
    }
    if (ms) return std::chrono::milliseconds(static_cast<std::int64_t>(std::min(*ms, 10'000.0)));
  }
  if (const std::string* strength = element.attribute("strength"))
    for (const auto& [word, length] : strengths)
      if (*strength == word) return length;
  return 500ms;
}

double rate_of(const Element& prosody) {
  constexpr std::pair<std::string_view, double> words[] = {
      {"x-slow", 0.5}, {"slow", 0.75}, {"medium", 1.0}, {"fast", 1.5}, {"x-fast", 2.0}
  };
  const std::string* rate = prosody.attribute("rate");
  if (rate == nullptr) return 1;
  for (const auto& [word, value] : words)
    if (*rate == word) return value;
  const auto percent = number_before(base::trim(*rate), "%");
  return percent ? *percent / 100 : 1;
}

std::string all_text(const Element& element) {
  if (element.is_text()) return element.text;
  std::string text;
  for (const Element& child : element.children) text += all_text(child);
  return text;
}

/// "A1" as "A 1": one character at a time, by code point.
std::string spell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ') continue;
    const bool starts_character = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (starts_character && !out.empty()) out += ' ';
    out += c;
  }
  return out;
}

std::string telephone(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '+') {
      out += "plus ";
    } else if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '*' || c == '#') {
      out += c;
      out += ' ';
    } else if (out.ends_with(' ')) {
      out.back() = ',';
      out += ' ';
    }
  }
  return out;
}

std::string ordinal(std::string text) {
  const auto number = base::parse_unsigned(text);
  if (!number) return text;
  const auto teens = *number % 100;
  const auto last = *number % 10;
  const bool teen = teens >= 11 && teens <= 13;
  return text + (teen || last == 0 || last > 3 ? "th" : last == 1 ? "st" : last == 2 ? "nd" : "rd");
}

std::string say_as(const Element& element) {
  const std::string text = collapse_space(all_text(element));
  const std::string* how = element.attribute("interpret-as");
  if (how == nullptr) return text;
  if (*how == "characters" || *how == "spell-out" || *how == "digits") return spell(text);
  if (*how == "telephone") return telephone(text);
  if (*how == "ordinal") return ordinal(text);
  if (*how == "expletive") return "beep";
  return text;
}

class Flattener {
 public:
  explicit Flattener(Style style) : style_(std::move(style)) {}

  void children_of(const Element& parent, const Style& style) {
    for (const Element& child : parent.children) {
      if (child.is_text()) {
        text(child.text, style);
      } else {
        element(child, style);
      }
    }
  }
  std::vector<SpeechPiece> finish() {
    end_run();
    return std::move(pieces_);
  }

 private:
  void element(const Element& element, Style style) {
    if (element.name == "break") return pause(length_of_break(element));
    if (element.name == "say-as") return text(say_as(element), style);
    if (const std::string* alias = element.attribute("alias"); element.name == "sub" && alias)
      return text(*alias, style);
    if (const std::string* language = element.attribute("xml:lang");
        element.name == "lang" && language)
      style.language = *language;
    if (element.name == "prosody") style.rate = std::clamp(style.rate * rate_of(element), 0.5, 2.0);
    const bool stands_alone = element.name == "p" || element.name == "s";
    if (stands_alone) end_run();
    children_of(element, style);
    if (stands_alone) pause(element.name == "p" ? 400ms : 200ms);
  }

  void text(std::string_view more, const Style& style) {
    if (style != style_) {
      end_run();
      style_ = style;
    }
    const std::string_view fitting = first_characters(more, left_);
    left_ -= count_characters(fitting);
    run_ += fitting;
  }

  void pause(base::Duration length) {
    end_run();
    if (pieces_.empty())
      pieces_.push_back({{"", style_.voice, style_.language, style_.rate}, base::Duration::zero()});
    pieces_.back().pause_after += length;
  }

  void end_run() {
    for (std::string& sentence : split_sentences(collapse_space(run_))) {
      SpeechPiece piece;
      piece.utterance = {std::move(sentence), style_.voice, style_.language, style_.rate};
      pieces_.push_back(std::move(piece));
    }
    run_.clear();
  }

  Style style_;
  std::string run_;
  std::size_t left_ = max_say_characters;
  std::vector<SpeechPiece> pieces_;
};

}  // namespace

std::vector<SpeechPiece> flatten(const Say& say, std::string_view default_voice) {
  const Style style{say.voice.empty() ? std::string(default_voice) : say.voice, say.language, 1};
  Flattener flattener(style);
  flattener.children_of(say.content, style);
  return flattener.finish();
}

std::string spoken_text(const Element& content) {
  std::string text;
  for (const Element& child : content.children) {
    const std::string* alias = child.attribute("alias");
    text += child.name == "sub" && alias != nullptr ? *alias : all_text(child);
  }
  return collapse_space(text);
}

}  // namespace belfry::twiml
