#include "call/opt_out.hpp"

#include <algorithm>
#include <array>

#include "call/message_text.hpp"

namespace belfry::call {
namespace {

enum class Reach { alone, first };

struct Keyword {
  std::string_view word;  // capitals without accents
  OptOutWord means;
  std::string_view language;
  Reach reach = Reach::alone;
};

using enum OptOutWord;
using namespace std::string_view_literals;

constexpr std::array keywords = {
    Keyword{"STOP", stop, "en", Reach::first},
    Keyword{"STOPALL", stop, "en", Reach::first},
    Keyword{"UNSUBSCRIBE", stop, "en", Reach::first},
    Keyword{"OPTOUT", stop, "en", Reach::first},
    Keyword{"OPT OUT", stop, "en"},
    Keyword{"STOP ALL", stop, "en"},
    Keyword{"QUIT", stop, "en"},
    Keyword{"END", stop, "en"},
    Keyword{"CANCEL", stop, "en"},
    Keyword{"REVOKE", stop, "en"},
    Keyword{"START", start, "en"},
    Keyword{"YES", start, "en"},
    Keyword{"UNSTOP", start, "en"},
    Keyword{"HELP", help, "en"},
    Keyword{"INFO", help, "en"},
    Keyword{"ALTO", stop, "es"},
    Keyword{"BAJA", stop, "es"},
    Keyword{"PARAR", stop, "es"},
    Keyword{"CANCELAR", stop, "es"},
    Keyword{"DETENER", stop, "es"},
    Keyword{"SALIR", stop, "es"},
    Keyword{"INICIAR", start, "es"},
    Keyword{"COMENZAR", start, "es"},
    Keyword{"ALTA", start, "es"},
    Keyword{"AYUDA", help, "es"},
    Keyword{"ARRET", stop, "fr"},
    Keyword{"ARRETER", stop, "fr"},
    Keyword{"ARRETEZ", stop, "fr"},
    Keyword{"DESABONNER", stop, "fr"},
    Keyword{"DESINSCRIRE", stop, "fr"},
    Keyword{"ANNULER", stop, "fr"},
    Keyword{"COMMENCER", start, "fr"},
    Keyword{"REPRENDRE", start, "fr"},
    Keyword{"AIDE", help, "fr"},
    Keyword{"STOPP", stop, "de"},
    Keyword{"ABMELDEN", stop, "de"},
    Keyword{"ANMELDEN", start, "de"},
    Keyword{"HILFE", help, "de"},
    Keyword{"SAIR", stop, "pt"},
    Keyword{"AJUDA", help, "pt"},
};

struct Answers {
  std::string_view language;
  std::string_view stop;
  std::string_view start;
  std::string_view help;
};
constexpr std::array answers = {
    Answers{
        "en",
        "You are unsubscribed and will get no more messages from this number. Reply START to "
        "subscribe again.",
        "You are subscribed to messages from this number again. Reply STOP to unsubscribe.",
        "This number sends messages automatically. Reply STOP to unsubscribe. Message and data "
        "rates may apply."
    },
    Answers{
        "es",
        "Se ha dado de baja y no recibirá más mensajes de este número. Responda START para volver "
        "a recibirlos.",
        "Vuelve a recibir mensajes de este número. Responda STOP para darse de baja.",
        "Este número envía mensajes automáticos. Responda STOP para darse de baja."
    },
    Answers{
        "fr",
        "Vous êtes désabonné et ne recevrez plus de messages de ce numéro. Répondez START pour "
        "vous réabonner.",
        "Vous recevez à nouveau les messages de ce numéro. Répondez STOP pour vous désabonner.",
        "Ce numéro envoie des messages automatiques. Répondez STOP pour vous désabonner."
    },
    Answers{
        "de",
        "Sie sind abgemeldet und erhalten keine Nachrichten mehr von dieser Nummer. Antworten Sie "
        "START, um sich wieder anzumelden.",
        "Sie erhalten wieder Nachrichten von dieser Nummer. Antworten Sie STOP, um sich "
        "abzumelden.",
        "Diese Nummer sendet automatische Nachrichten. Antworten Sie STOP, um sich abzumelden."
    },
    Answers{
        "pt",
        "Sua inscrição foi cancelada; este número não enviará mais mensagens. Responda START para "
        "voltar.",
        "Você voltou a receber mensagens deste número. Responda STOP para cancelar.",
        "Este número envia mensagens automáticas. Responda STOP para cancelar."
    },
};

/// Accented capitals and small letters of Latin-1 as plain capitals; 0 for what is no letter.
char plain_capital(char32_t character) {
  if (character >= U'a' && character <= U'z') return static_cast<char>(character - 32);
  if (character < 0x80) {
    const bool keeps =
        (character >= U'A' && character <= U'Z') || (character >= U'0' && character <= U'9');
    return keeps ? static_cast<char>(character) : '\0';
  }
  // From U+00C0 on, and the small ones 32 later in the same order.
  constexpr std::string_view latin = "AAAAAAACEEEEIIIIDNOOOOO\0OUUUUY\0S"sv;
  if (character >= 0xC0 && character <= 0xDF) return latin[character - 0xC0];
  if (character >= 0xE0 && character <= 0xFE) return latin[character - 0xE0];
  return '\0';
}

/// Words of capitals and digits, one blank between them.
std::string bare_words(std::string_view text) {
  std::string out;
  bool gap = false;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t character = next_code_point(text, at);
    if (character == U'\'' || character == U'\u2019') continue;
    const char plain = plain_capital(character);
    if (plain == '\0') {
      gap = !out.empty();
      continue;
    }
    if (gap) out += ' ';
    gap = false;
    out += plain;
  }
  return out;
}

}  // namespace

OptOutRequest read_opt_out(std::string_view text) {
  if (text.size() > 200) text = text.substr(0, 200);
  const std::string words = bare_words(text);
  const std::string_view first = std::string_view(words).substr(0, words.find(' '));
  for (const Keyword& keyword : keywords) {
    if (words == keyword.word || (keyword.reach == Reach::first && first == keyword.word))
      return {keyword.means, keyword.language};
  }
  return {};
}

std::string_view opt_out_answer(OptOutRequest request) {
  const auto found = std::ranges::find(answers, request.language, &Answers::language);
  const Answers& in_language = found == answers.end() ? answers.front() : *found;
  switch (request.word) {
    case stop:
      return in_language.stop;
    case start:
      return in_language.start;
    case help:
      return in_language.help;
    case none:
      return {};
  }
  return {};
}

DocumentKey opt_out_key(
    std::string_view account_sid, std::string_view number, std::string_view party
) {
  std::string key(account_sid);
  key.append(" ").append(number).append(" ").append(party);
  return {std::string(opt_out_collection), std::move(key)};
}

Document opt_out_document(
    std::string_view account_sid, std::string_view number, std::string_view party,
    std::string_view reason, base::WallTime now
) {
  DocumentKey key = opt_out_key(account_sid, number, party);
  return {
      std::move(key.collection),
      std::move(key.key),
      std::string(account_sid),
      {{"account_sid", account_sid}, {"number", number}, {"party", party}, {"reason", reason}},
      now
  };
}

}  // namespace belfry::call
