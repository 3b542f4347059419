#include "speech/spoken_text.hpp"

#include "base/text.hpp"
#include "speech/voice_choice.hpp"

namespace belfry::speech {
namespace {

/// "text" of runs for the built-in voice, "voice:text" of others.
std::string spoken(std::string_view text, std::string_view language = "en-US", bool others = true) {
  std::string out;
  for (const TextRun& run : spoken_text(text, language, others)) {
    if (!out.empty()) out += " / ";
    if (!run.espeak_voice.empty()) out += run.espeak_voice + ":";
    std::string collapsed;
    for (const auto word : base::split(run.text, ' ')) {
      if (word.empty()) continue;
      if (!collapsed.empty()) collapsed += ' ';
      collapsed += word;
    }
    out += collapsed;
  }
  return out;
}

TEST(SpokenText, SaysSignsThatOccurInTitles) {
  EXPECT_EQ(
      spoken("Q&A <urgent> #3 \"now\" it's"),
      "Q and A less than urgent greater than number 3 now it's"
  );
  EXPECT_EQ(spoken("C# 50% a@b 1+1=2"), "C hash 50 percent a at b 1 plus 1 equals 2");
  EXPECT_EQ(spoken("5 € – “soon” it’s"), "5 euros , soon it's");
}

TEST(SpokenText, DropsAccentsForTheEnglishVoice) {
  EXPECT_EQ(spoken("Café Müller, Łódź, straße"), "Cafe Muller, Lodz, strasse");
}

TEST(SpokenText, NamesEmojiAndNeverSaysNothingForASign) {
  EXPECT_EQ(spoken("Deploy 🚀 now ✅"), "Deploy rocket now check mark");
  EXPECT_EQ(spoken("❤️"), "red heart");
  EXPECT_EQ(spoken("👍🏽"), "thumbs up");
  EXPECT_EQ(spoken("🦕"), "symbol");
  EXPECT_EQ(spoken("!!!"), "symbol");
  EXPECT_EQ(spoken(""), "");
  EXPECT_EQ(spoken(" \n\t\x01 "), "");
}

TEST(SpokenText, DropsControlCharactersAndBrokenUtf8) {
  EXPECT_EQ(spoken(std::string_view("a\0b\x07 c\x7F", 7)), "ab c");
  EXPECT_EQ(spoken("ok\xFF\xC3 \xE4\xBD fine"), "ok fine");
  EXPECT_EQ(spoken("re\xE2\x80\xAEverse"), "reverse");
}

TEST(SpokenText, GivesOtherScriptsToVoicesThatKnowThem) {
  EXPECT_EQ(spoken("Отчёт готов"), "ru:Отчёт готов");
  EXPECT_EQ(spoken("Call 张伟 today"), "Call / cmn:张伟 / today");
  EXPECT_EQ(spoken("تقرير"), "ar:تقرير");
  EXPECT_EQ(spoken("Звіт", "uk-UA"), "uk:Звіт");
  EXPECT_EQ(spoken("東京", "ja-JP"), "ja:東京");
  EXPECT_EQ(spoken("Buenos días, 3 & más", "es-MX"), "es-419:Buenos días, 3 & más");
}

TEST(SpokenText, WithoutOtherVoicesItSaysThatItCannotRead) {
  EXPECT_EQ(spoken("Отчёт", "ru-RU", false), "This text is in a script that I cannot read.");
  EXPECT_EQ(spoken("Call 张伟 today", "en-US", false), "Call today");
  EXPECT_EQ(spoken("Buenos días", "es-MX", false), "Buenos dias");
}

TEST(SpokenText, EnglishTextIsPlainAsciiWhateverComesIn) {
  for (char32_t c = 1; c < 0x3000; ++c) {
    std::string text = "a";
    if (c < 0x80) {
      text += static_cast<char>(c);
    } else if (c < 0x800) {
      text += static_cast<char>(0xC0 | c >> 6);
      text += static_cast<char>(0x80 | (c & 0x3F));
    } else {
      text += static_cast<char>(0xE0 | c >> 12);
      text += static_cast<char>(0x80 | (c >> 6 & 0x3F));
      text += static_cast<char>(0x80 | (c & 0x3F));
    }
    for (const TextRun& run : spoken_text(text, "en-US", true)) {
      if (!run.espeak_voice.empty()) continue;
      const bool ascii = std::all_of(run.text.begin(), run.text.end(), [](char x) {
        return x >= ' ' && x < 0x7F;
      });
      ASSERT_TRUE(ascii) << static_cast<unsigned>(c) << ": " << run.text;
    }
  }
}

TEST(SpokenText, KnowsEspeaksNamesForLanguages) {
  EXPECT_EQ(espeak_voice_of("en-GB"), "");
  EXPECT_EQ(espeak_voice_of("pt-BR"), "pt-br");
  EXPECT_EQ(espeak_voice_of("fr-CA"), "fr");
  EXPECT_EQ(espeak_voice_of("es-ES"), "es");
  EXPECT_EQ(espeak_voice_of("es-US"), "es-419");
  EXPECT_EQ(espeak_voice_of("cmn-CN"), "cmn");
  EXPECT_EQ(espeak_voice_of("arb"), "ar");
  EXPECT_EQ(espeak_voice_of("tlh"), "");
  EXPECT_EQ(espeak_voice_of("--rm"), "");
}

TEST(SpokenText, IsCutInChunksAtGoodPlaces) {
  const auto pieces = chunks("First sentence here. Second one, with a comma. Third", 30);
  EXPECT_EQ(
      pieces,
      (std::vector<std::string>{"First sentence here.", "Second one, with a comma.", "Third"})
  );
  for (const auto& piece : chunks(std::string(4096, 'a'), 400)) EXPECT_LE(piece.size(), 400u);
  EXPECT_TRUE(chunks("  ", 400).empty());
}

TEST(VoiceChoice, KnowsMenFromWomen) {
  for (const char* man : {"man", "Polly.Matthew", "Polly.Brian-Neural", "Google.en-US-Wavenet-D"})
    EXPECT_TRUE(is_male_voice(man)) << man;
  for (const char* woman :
       {"woman", "alice", "", "Polly.Joanna", "Google.en-US-Wavenet-C", "robot"})
    EXPECT_FALSE(is_male_voice(woman)) << woman;
}

}  // namespace
}  // namespace belfry::speech
