#include "sip/header.hpp"

#include "base/text.hpp"
#include "sip/characters.hpp"
#include "sip/list_reader.hpp"
#include "sip/uri_scan.hpp"

namespace belfry::sip {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using characters::trim;

constexpr std::size_t npos = std::string_view::npos;
constexpr std::string_view branch_cookie = "z9hG4bK";

/// Takes `;name[=value]` off the front of `rest`.
std::optional<Params::Entry> take_param(std::string_view& rest) {
  rest = trim(rest);
  if (!rest.starts_with(';')) return std::nullopt;
  rest = trim(rest.substr(1));
  std::size_t end = 0;
  while (end < rest.size() && characters::is(rest[end], characters::token)) ++end;
  if (end == 0) return std::nullopt;
  Params::Entry entry{rest.substr(0, end), std::nullopt};
  rest = trim(rest.substr(end));
  if (!rest.starts_with('=')) return entry;
  rest = trim(rest.substr(1));
  if (rest.starts_with('"')) {
    end = quoted_length(rest);
  } else {
    end = 0;
    while (end < rest.size() && characters::is(rest[end], characters::value)) ++end;
  }
  if (end == 0 || end == npos) return std::nullopt;
  entry.value = rest.substr(0, end);
  rest = trim(rest.substr(end));
  return entry;
}

std::string unquoted(std::string_view text) {
  if (!text.starts_with('"')) return std::string(text);
  std::string plain;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && i + 2 < text.size()) ++i;
    plain += text[i];
  }
  return plain;
}

/// Words of a display name without quotes; bytes of UTF-8 are let pass, as phones send them.
bool is_display_name(std::string_view text) {
  for (const char character : text)
    if (!characters::is(character, characters::token) && !characters::is_space(character) &&
        static_cast<unsigned char>(character) < 0x80)
      return false;
  return true;
}

/// `<uri>` and what follows it.
Result<NameAddr> parse_bracketed(std::string_view display, std::string_view rest) {
  const auto end = rest.find('>');
  if (end == npos) return fail(Errc::malformed, "address without >");
  NameAddr address;
  address.display_view = display;
  address.uri_view = rest.substr(1, end - 1);
  BELFRY_TRY(params, Params::parse(rest.substr(end + 1)));
  address.params = params;
  return address;
}

/// RFC 3261 §20.10: without `<>` everything behind `;` belongs to the header, and `?` or `,` must
/// not be in the URI.
Result<NameAddr> parse_bare(std::string_view value) {
  NameAddr address;
  const auto end = value.find(';');
  address.uri_view = trim(value.substr(0, end));
  if (address.uri_view.find_first_of("?,") != npos)
    return fail(Errc::malformed, "address needs <> round its URI");
  if (end == npos) return address;
  BELFRY_TRY(params, Params::parse(value.substr(end)));
  address.params = params;
  return address;
}

}  // namespace

std::size_t quoted_length(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      return i + 1;
  }
  return npos;
}

std::optional<std::string_view> ListReader::next() {
  if (done_ || broken_) return std::nullopt;
  std::size_t at = 0;
  bool in_brackets = false;
  for (; at < rest_.size(); ++at) {
    const char character = rest_[at];
    if (character == '"') {
      const std::size_t length = quoted_length(rest_.substr(at));
      if (length == npos) return broken();
      at += length - 1;
    } else if (character == '<') {
      if (in_brackets) return broken();
      in_brackets = true;
    } else if (character == '>') {
      if (!in_brackets) return broken();
      in_brackets = false;
    } else if (character == ',' && !in_brackets) {
      break;
    }
  }
  if (in_brackets) return broken();
  const std::string_view element = trim(rest_.substr(0, at));
  if (element.empty()) return broken();
  done_ = at == rest_.size();
  if (!done_) rest_.remove_prefix(at + 1);
  return element;
}

Result<Params> Params::parse(std::string_view text) {
  Params params;
  params.text_view_ = trim(text);
  std::string_view rest = params.text_view_;
  while (!rest.empty())
    if (!take_param(rest)) return fail(Errc::malformed, "header parameters are broken");
  return params;
}

std::optional<std::string> Params::find(std::string_view name) const {
  std::string_view rest = text_view_;
  while (const auto entry = take_param(rest))
    if (base::equals_ignoring_case(entry->name, name)) return unquoted(entry->value.value_or(""));
  return std::nullopt;
}

bool Params::has(std::string_view name) const {
  return find(name).has_value();
}

std::vector<Params::Entry> Params::entries() const {
  std::vector<Entry> all;
  std::string_view rest = text_view_;
  while (const auto entry = take_param(rest)) all.push_back(*entry);
  return all;
}

bool Via::has_cookie() const {
  const std::string text = branch();
  return text.size() > branch_cookie.size() &&
         base::equals_ignoring_case(
             std::string_view(text).substr(0, branch_cookie.size()), branch_cookie
         );
}

std::string NameAddr::display_name() const {
  return unquoted(display_view);
}

Result<Via> parse_via(std::string_view value) {
  Via via;
  std::string_view rest = trim(value);
  const auto take_until_slash = [&] {
    const auto slash = rest.find('/');
    const std::string_view part = trim(rest.substr(0, slash));
    rest = slash == npos ? std::string_view() : trim(rest.substr(slash + 1));
    return part;
  };
  const std::string_view name = take_until_slash();
  const std::string_view version = take_until_slash();
  if (!base::equals_ignoring_case(name, "SIP") || version != "2.0")
    return fail(Errc::malformed, "Via of another protocol");
  const auto space = rest.find_first_of(" \t");
  if (space == npos) return fail(Errc::malformed, "Via without a host");
  via.transport_view = rest.substr(0, space);
  if (!is_token(via.transport_view)) return fail(Errc::malformed, "Via transport is broken");
  rest = trim(rest.substr(space));
  const auto semicolon = rest.find(';');
  std::string_view sent_by = trim(rest.substr(0, semicolon));
  if (const auto colon = sent_by.rfind(':'); colon != npos && !sent_by.ends_with(']')) {
    // White space may stand round this colon, so the port is read here.
    const auto port = base::parse_unsigned(trim(sent_by.substr(colon + 1)));
    if (!port || *port == 0 || *port > 65535) return fail(Errc::malformed, "Via port is broken");
    via.port = static_cast<std::uint16_t>(*port);
    sent_by = trim(sent_by.substr(0, colon));
  }
  BELFRY_TRY(host, parse_host_port(sent_by));
  if (host.port) return fail(Errc::malformed, "Via host is broken");
  via.host_view = host.host;
  if (semicolon == npos) return via;
  BELFRY_TRY(params, Params::parse(rest.substr(semicolon)));
  via.params = params;
  return via;
}

Result<NameAddr> parse_name_addr(std::string_view value) {
  value = trim(value);
  if (value == "*") {
    NameAddr any;
    any.any = true;
    return any;
  }
  NameAddr address;
  const std::size_t quoted_end = value.starts_with('"') ? quoted_length(value) : 0;
  if (quoted_end == npos) return fail(Errc::malformed, "display name without its closing quote");
  const auto bracket = value.find('<', quoted_end);
  if (bracket != npos) {
    const std::string_view behind_quote = value.substr(quoted_end, bracket - quoted_end);
    const std::string_view display = trim(value.substr(0, bracket));
    if (quoted_end > 0 ? !trim(behind_quote).empty() : !is_display_name(display))
      return fail(Errc::malformed, "display name is broken");
    BELFRY_TRY(bracketed, parse_bracketed(display, value.substr(bracket)));
    address = bracketed;
  } else {
    BELFRY_TRY(bare, parse_bare(value));
    address = bare;
  }
  BELFRY_TRY(scan, scan_uri(address.uri_view));
  static_cast<void>(scan);
  return address;
}

Result<CSeq> parse_cseq(std::string_view value) {
  value = trim(value);
  const auto space = value.find_first_of(" \t");
  if (space == npos) return fail(Errc::malformed, "CSeq without a method");
  CSeq cseq;
  BELFRY_TRY(number, parse_number(value.substr(0, space), 0x7FFFFFFF));
  cseq.number = number;
  cseq.method_view = trim(value.substr(space));
  if (!is_token(cseq.method_view)) return fail(Errc::malformed, "CSeq method is broken");
  return cseq;
}

Result<SessionExpires> parse_session_expires(std::string_view value) {
  SessionExpires result;
  value = trim(value);
  const auto semicolon = value.find(';');
  BELFRY_TRY(seconds, parse_number(trim(value.substr(0, semicolon))));
  result.seconds = seconds;
  if (semicolon == npos) return result;
  BELFRY_TRY(params, Params::parse(value.substr(semicolon)));
  const std::string refresher = params.find("refresher").value_or("");
  if (base::equals_ignoring_case(refresher, "uac"))
    result.refresher = SessionExpires::Refresher::uac;
  if (base::equals_ignoring_case(refresher, "uas"))
    result.refresher = SessionExpires::Refresher::uas;
  return result;
}

Result<std::uint32_t> parse_number(std::string_view value, std::uint32_t maximum) {
  const auto number = base::parse_unsigned(value);
  if (!number || *number > maximum) return fail(Errc::malformed, "number is broken or too large");
  return static_cast<std::uint32_t>(*number);
}

Result<std::vector<std::string_view>> split_list(std::string_view value) {
  std::vector<std::string_view> elements;
  ListReader reader(value);
  while (const auto element = reader.next()) elements.push_back(*element);
  if (reader.is_broken()) return fail(Errc::malformed, "list is broken");
  return elements;
}

bool is_token(std::string_view text) {
  return !text.empty() && characters::all(text, characters::token);
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char character : text) {
    if (character == '"' || character == '\\') result += '\\';
    result += characters::is_control(character) ? ' ' : character;
  }
  return result + '"';
}

std::string name_addr(std::string_view display_name, const Uri& uri, std::string_view tag) {
  std::string text;
  if (!display_name.empty()) text = quoted(display_name) + ' ';
  text += '<' + uri.to_string() + '>';
  if (tag.empty()) return text;
  text += ";tag=";
  for (const char character : tag)
    if (characters::is(character, characters::token)) text += character;
  return text;
}

std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& character : line)
    if (characters::is_control(character) && character != '\t') character = ' ';
  return line;
}

}  // namespace belfry::sip
