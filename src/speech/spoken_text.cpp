#include "speech/spoken_text.hpp"

#include "base/text.hpp"
#include "speech/emoji_names.hpp"
#include "speech/latin_letters.hpp"

namespace belfry::speech {
namespace {

constexpr char32_t invalid = 0xFFFFFFFF;

/// Takes one code point off the front; `invalid` for a byte that belongs to none.
char32_t take(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead < 0x80    ? 1
                           : lead >= 0xF0 ? 4
                           : lead >= 0xE0 ? 3
                           : lead >= 0xC2 ? 2
                                          : 0;
  if (size == 0 || size > text.size() || !base::is_valid_utf8(text.substr(0, size))) {
    text.remove_prefix(1);
    return invalid;
  }
  char32_t value = size == 1 ? lead : lead & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i)
    value = value << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  text.remove_prefix(size);
  return value;
}

bool is_invisible(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
         (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0x1F3FB && c <= 0x1F3FF) || c >= 0xE0000 ||
         c == 0xFFFD;
}

struct Word {
  char32_t sign;
  std::string_view spoken;
};

/// Signs that the English voice skips or stumbles over.
constexpr Word words[] = {
    {'&', " and "},
    {'<', " less than "},
    {'>', " greater than "},
    {'@', " at "},
    {'%', " percent "},
    {'+', " plus "},
    {'=', " equals "},
    {'*', " star "},
    {'"', " "},
    {'\\', " backslash "},
    {'^', " "},
    {'`', " "},
    {'|', " "},
    {'~', " "},
    {'_', " "},
    {'{', " "},
    {'}', " "},
    {'[', " "},
    {']', " "},
    {0xA0, " "},
    {0xA3, " pounds "},
    {0xA5, " yen "},
    {0xA7, " section "},
    {0xA9, " copyright "},
    {0xAB, " "},
    {0xB0, " degrees "},
    {0xB1, " plus or minus "},
    {0xB2, " squared "},
    {0xB5, " micro "},
    {0xBB, " "},
    {0xBD, " one half "},
    {0xBF, " "},
    {0xA1, " "},
    {0x2013, ", "},
    {0x2014, ", "},
    {0x2018, "'"},
    {0x2019, "'"},
    {0x201C, " "},
    {0x201D, " "},
    {0x201E, " "},
    {0x2022, ", "},
    {0x2026, "... "},
    {0x20AC, " euros "},
    {0x2122, " trademark "},
    {0x2116, " number "},
    {0x3002, ". "},
    {0xFF01, "! "},
    {0xFF1F, "? "},
    {0xFF0C, ", "},
    {0x3001, ", "},
};

std::string_view word_of(char32_t sign) {
  for (const Word& word : words)
    if (word.sign == sign) return word.spoken;
  return {};
}

struct Script {
  char32_t first;
  char32_t last;
  std::string_view voice;
  std::string_view also;  // other voices that read this script, blank-separated
};

constexpr Script scripts[] = {
    {0x0370, 0x03FF, "el", "grc"},
    {0x0400, 0x052F, "ru", "uk bg mk sr kk ky be tt ba cv tk"},
    {0x0530, 0x058F, "hy", "hyw"},
    {0x0590, 0x05FF, "he", ""},
    {0x0600, 0x06FF, "ar", "fa ur sd ug"},
    {0x0750, 0x077F, "ar", "fa ur sd ug"},
    {0x0900, 0x097F, "hi", "mr ne kok"},
    {0x0980, 0x09FF, "bn", "as bpy"},
    {0x0A00, 0x0A7F, "pa", ""},
    {0x0A80, 0x0AFF, "gu", ""},
    {0x0B00, 0x0B7F, "or", ""},
    {0x0B80, 0x0BFF, "ta", ""},
    {0x0C00, 0x0C7F, "te", ""},
    {0x0C80, 0x0CFF, "kn", ""},
    {0x0D00, 0x0D7F, "ml", ""},
    {0x0D80, 0x0DFF, "si", ""},
    {0x0E00, 0x0E7F, "th", ""},
    {0x1000, 0x109F, "my", ""},
    {0x10A0, 0x10FF, "ka", ""},
    {0x1100, 0x11FF, "ko", ""},
    {0x1200, 0x139F, "am", ""},
    {0x1E00, 0x1EFF, "vi", ""},
    {0x3040, 0x30FF, "ja", ""},
    {0x3400, 0x4DBF, "cmn", "ja ko yue hak"},
    {0x4E00, 0x9FFF, "cmn", "ja ko yue hak"},
    {0xAC00, 0xD7AF, "ko", ""},
    {0xF900, 0xFAFF, "cmn", "ja ko yue hak"},
    {0xFB50, 0xFDFF, "ar", "fa ur sd ug"},
    {0xFE70, 0xFEFF, "ar", "fa ur sd ug"},
    {0x20000, 0x3FFFF, "cmn", "ja yue hak"},
};

bool lists(std::string_view blank_separated, std::string_view word) {
  for (const auto one : base::split(blank_separated, ' '))
    if (one == word && !word.empty()) return true;
  return false;
}

/// The voice that reads a letter beyond Latin; empty when none does.
std::string_view voice_for(char32_t letter, std::string_view wanted) {
  for (const Script& script : scripts)
    if (letter >= script.first && letter <= script.last)
      return lists(script.also, wanted) ? wanted : script.voice;
  return {};
}

void append_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

bool has_letters(const TextRun& run) {
  if (!run.espeak_voice.empty())
    return std::any_of(run.text.begin(), run.text.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0x80) != 0 ||
             std::isalnum(static_cast<unsigned char>(c)) != 0;
    });
  return std::any_of(run.text.begin(), run.text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0;
  });
}

/// flite's letter-to-sound rules take time with the square of a word's length: 400 letters in a row
/// cost seconds.
void break_long_words(std::string& text) {
  constexpr std::size_t longest_word = 32;
  std::string out;
  std::size_t length = 0;
  for (const char c : text) {
    length = c == ' ' ? 0 : length + 1;
    if (length > longest_word) {
      out += ' ';
      length = 1;
    }
    out += c;
  }
  text = std::move(out);
}

class Speller {
 public:
  Speller(std::string_view language, bool other_voices)
      : voice_(other_voices ? espeak_voice_of(language) : std::string()),
        other_voices_(other_voices) {}

  void add(char32_t c, std::string_view rest) {
    if (c == '\t' || c == '\n' || c == '\r') c = ' ';
    if (c == invalid || is_invisible(c)) return;
    any_ = any_ || c != ' ';
    if (const auto name = emoji_name(c); !name.empty()) return write_english(name);
    if (is_symbol(c)) return;
    if (c == '#' && voice_.empty())
      return write(
          !rest.empty() && std::isdigit(static_cast<unsigned char>(rest.front())) != 0 ? " number "
                                                                                       : " hash "
      );
    if (const auto voice = voice_for(c, voice_); !voice.empty()) return write_other(c, voice);
    if (!voice_.empty()) return write_own(c);
    if (const auto word = word_of(c); !word.empty()) return write(word);
    if (c < 0x80) return write(std::string_view(std::string(1, static_cast<char>(c))));
    write(plain_letters(c));
  }

  std::vector<TextRun> finish() {
    for (TextRun& run : runs_)
      if (run.espeak_voice.empty()) break_long_words(run.text);
    std::erase_if(runs_, [](const TextRun& run) { return !has_letters(run); });
    if (runs_.empty() && unread_)
      runs_.push_back({"This text is in a script that I cannot read.", ""});
    if (runs_.empty() && any_) runs_.push_back({"symbol", ""});
    return std::move(runs_);
  }

 private:
  void write_to(std::string_view voice, std::string_view text) {
    if (text.empty()) return;
    if (runs_.empty() || runs_.back().espeak_voice != voice)
      runs_.push_back({"", std::string(voice)});
    runs_.back().text += text;
  }
  /// Blanks and punctuation stay with what they follow.
  void write(std::string_view text) {
    const bool neutral = !std::any_of(text.begin(), text.end(), [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0;
    });
    if (neutral && !runs_.empty()) {
      runs_.back().text += text;
    } else {
      write_to("", text);
    }
  }
  void write_english(std::string_view name) {
    write_to("", " ");
    write_to("", name);
    write_to("", " ");
  }
  void write_other(char32_t c, std::string_view voice) {
    unread_ = unread_ || !other_voices_;
    if (!other_voices_) return;
    std::string letter;
    append_utf8(letter, c);
    write_to(voice, letter);
  }
  void write_own(char32_t c) {
    std::string letter;
    append_utf8(letter, c);
    if (c < 0x80 && std::isalnum(static_cast<int>(c)) == 0 && !runs_.empty()) {
      runs_.back().text += letter;
    } else {
      write_to(voice_, letter);
    }
  }

  std::string voice_;  // for the text's own language; empty: the built-in one
  bool other_voices_;
  bool any_ = false;
  bool unread_ = false;
  std::vector<TextRun> runs_;
};

}  // namespace

std::string espeak_voice_of(std::string_view language) {
  constexpr std::string_view known =
      "af am an ar as az ba be bg bn bs ca cmn cs cv cy da de el eo es et eu fa fi fr ga gd gn gu "
      "hak haw he hi hr ht hu hy id is it ja ka kk kl kn ko kok ku ky la lb lt lv mi mk ml mr ms "
      "mt "
      "my nb ne nl om or pa pl pt ro ru sd shn si sk sl sq sr sv sw ta te th tk tr tt ug uk ur uz "
      "vi yue";
  const std::string tag = base::to_lower(language);
  const std::string primary = tag.substr(0, tag.find('-'));
  if (tag == "pt-br") return "pt-br";
  if (tag == "zh-hk" || tag == "zh-yue") return "yue";
  if (tag == "fr-ch" || tag == "fr-be") return tag;
  if (primary == "es" && tag != "es" && tag != "es-es") return "es-419";
  if (primary == "zh") return "cmn";
  if (primary == "arb") return "ar";
  if (primary == "no" || primary == "nn") return "nb";
  if (primary == "iw") return "he";
  if (primary == "in") return "id";
  if (primary == "fil" || primary == "tl") return "id";
  return lists(known, primary) ? primary : std::string();
}

std::vector<TextRun> spoken_text(
    std::string_view text, std::string_view language, bool other_voices
) {
  Speller speller(language, other_voices);
  while (!text.empty()) {
    const char32_t next = take(text);
    speller.add(next, text);
  }
  return speller.finish();
}

std::vector<std::string> chunks(std::string_view text, std::size_t longest) {
  std::vector<std::string> out;
  text = base::trim(text);
  while (text.size() > longest) {
    const std::string_view head = text.substr(0, longest);
    std::size_t cut = std::string_view::npos;
    for (const std::string_view marks : {".!?;", ",:", " "}) {
      cut = head.find_last_of(marks);
      if (cut != std::string_view::npos && cut > longest / 4) break;
      cut = std::string_view::npos;
    }
    const std::size_t length =
        cut == std::string_view::npos
            ? std::max<std::size_t>(base::truncate_utf8(text, longest).size(), 1)
            : cut + 1;
    out.emplace_back(base::trim(text.substr(0, length)));
    text = base::trim(text.substr(length));
  }
  if (!text.empty()) out.emplace_back(text);
  return out;
}

}  // namespace belfry::speech
