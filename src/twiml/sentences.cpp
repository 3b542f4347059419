#include "twiml/sentences.hpp"

#include "base/text.hpp"

namespace belfry::twiml {
namespace {

constexpr std::size_t shortest = 12;  // bytes
constexpr std::size_t longest = 300;

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// Length of the sentence mark at the front, 0 when there is none. Those of Latin need a blank
/// behind them ("3.5", "example.com"), those of Chinese and the like do not.
std::size_t mark_at(std::string_view rest) {
  for (const std::string_view wide : {"。", "！", "？", "।", "؟", "۔"})
    if (rest.starts_with(wide)) return wide.size();
  for (const std::string_view narrow : {"…", ".", "!", "?"}) {
    if (!rest.starts_with(narrow)) continue;
    const std::string_view behind = rest.substr(narrow.size());
    return behind.empty() || behind.front() == ' ' ? narrow.size() : 0;
  }
  return 0;
}

bool ends_in_abbreviation(std::string_view piece) {
  const auto blank = piece.rfind(' ');
  const std::string_view word = blank == std::string_view::npos ? piece : piece.substr(blank + 1);
  for (const std::string_view known :
       {"Mr.", "Mrs.", "Ms.", "Dr.", "St.", "No.", "vs.", "e.g.", "i.e.", "approx."})
    if (word == known) return true;
  return false;
}

/// Where to cut a piece that is too long.
std::size_t cut_of(std::string_view text) {
  const std::string_view head = text.substr(0, longest);
  const auto comma = head.find_last_of(",;:");
  if (comma != std::string_view::npos && comma > longest / 2) return comma + 1;
  const auto blank = head.rfind(' ');
  if (blank != std::string_view::npos && blank > 0) return blank;
  return base::truncate_utf8(text, longest).size();
}

void add(std::vector<std::string>& pieces, std::string_view piece) {
  piece = base::trim(piece);
  while (piece.size() > longest) {
    const std::size_t cut = std::max<std::size_t>(cut_of(piece), 1);
    pieces.emplace_back(base::trim(piece.substr(0, cut)));
    piece = base::trim(piece.substr(cut));
  }
  if (!piece.empty()) pieces.emplace_back(piece);
}

}  // namespace

std::vector<std::string> split_sentences(std::string_view text) {
  std::vector<std::string> pieces;
  std::size_t start = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t mark = mark_at(text.substr(at));
    if (mark == 0) {
      ++at;
      continue;
    }
    at += mark;
    const std::string_view piece = text.substr(start, at - start);
    if (piece.size() < shortest || ends_in_abbreviation(piece)) continue;
    add(pieces, piece);
    start = at;
  }
  add(pieces, text.substr(start));
  return pieces;
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return !is_continuation(c);
  }));
}

std::string_view first_characters(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; at < text.size(); ++at)
    if (!is_continuation(text[at]) && count-- == 0) break;
  return text.substr(0, at);
}

}  // namespace belfry::twiml
