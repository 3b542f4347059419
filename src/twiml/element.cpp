#include "twiml/element.hpp"

#include <expat.h>

#include "base/handle.hpp"
#include "base/text.hpp"

namespace belfry::twiml {
namespace {

using base::Errc;

/// Builds the tree while expat reads: one parser decides what the document means, so there is no
/// second opinion to exploit.
struct Builder {
  XML_Parser parser;
  Element root;
  std::vector<Element*> open;  // stable: a parent takes no other child while one is open
  base::Error refusal;

  void refuse(int code, std::string message) {
    if (refusal.detail != 0) return;
    refusal = {Errc::malformed, std::move(message), code};
    XML_StopParser(parser, XML_FALSE);
  }

  void start(const XML_Char* name, const XML_Char** attributes) {
    if (open.size() >= max_depth) return refuse(12100, "elements are nested too deep");
    Element element;
    element.name = name;
    for (; *attributes != nullptr; attributes += 2)
      element.attributes.emplace_back(attributes[0], attributes[1]);
    if (open.empty()) {
      root = std::move(element);
      open.push_back(&root);
    } else {
      open.back()->children.push_back(std::move(element));
      open.push_back(&open.back()->children.back());
    }
  }

  void text(std::string_view piece) {
    if (open.empty()) return;
    auto& children = open.back()->children;
    if (children.empty() || !children.back().is_text()) children.emplace_back();
    children.back().text += piece;
  }
};

Builder& builder(void* user) {
  return *static_cast<Builder*>(user);
}

void install(XML_Parser parser, Builder& target) {
  XML_SetUserData(parser, &target);
  XML_SetElementHandler(
      parser,
      [](void* user, const XML_Char* name, const XML_Char** attributes) {
        builder(user).start(name, attributes);
      },
      [](void* user, const XML_Char*) { builder(user).open.pop_back(); }
  );
  XML_SetCharacterDataHandler(parser, [](void* user, const XML_Char* text, int length) {
    builder(user).text({text, static_cast<std::size_t>(length)});
  });
  XML_SetStartDoctypeDeclHandler(
      parser, [](void* user, const XML_Char*, const XML_Char*, const XML_Char*,
                 int) { builder(user).refuse(12100, "a document type declaration is not allowed"); }
  );
  XML_SetXmlDeclHandler(parser, [](void* user, const XML_Char* version, const XML_Char*, int) {
    if (version != nullptr && std::string_view(version) != "1.0")
      builder(user).refuse(12101, "XML version is not 1.0");
  });
}

std::string_view skip_leading_blanks(std::string_view document) {
  if (document.starts_with("\xEF\xBB\xBF")) document.remove_prefix(3);
  const auto first = document.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view() : document.substr(first);
}

}  // namespace

const std::string* Element::attribute(std::string_view wanted) const {
  for (const auto& [key, value] : attributes)
    if (key == wanted) return &value;
  return nullptr;
}

std::string Element::own_text() const {
  std::string all;
  for (const Element& child : children)
    if (child.is_text()) all += child.text;
  return collapse_space(all);
}

Element Element::piece_of_text(std::string text) {
  Element element;
  element.text = std::move(text);
  return element;
}

std::string collapse_space(std::string_view text) {
  std::string out;
  bool blank = false;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      blank = !out.empty();
      continue;
    }
    if (std::exchange(blank, false)) out += ' ';
    out += c;
  }
  return out;
}

base::Result<Element> read_xml(std::string_view document) {
  if (document.size() > max_document_bytes)
    return base::fail(Errc::too_large, "document is larger than 64 KiB", 11750);
  document = skip_leading_blanks(document);
  const base::Handle<std::remove_pointer_t<XML_Parser>, XML_ParserFree> parser(
      XML_ParserCreate(nullptr)
  );
  Builder target{.parser = parser.get(), .root = {}, .open = {}, .refusal = {}};
  install(parser.get(), target);
  const auto status =
      XML_Parse(parser.get(), document.data(), static_cast<int>(document.size()), XML_TRUE);
  if (target.refusal.detail != 0) return base::fail(std::move(target.refusal));
  if (status != XML_STATUS_OK) {
    std::string message = XML_ErrorString(XML_GetErrorCode(parser.get()));
    message += " at line " + std::to_string(XML_GetCurrentLineNumber(parser.get())) + ", column " +
               std::to_string(XML_GetCurrentColumnNumber(parser.get()) + 1);
    return base::fail(Errc::malformed, std::move(message), 12100);
  }
  return std::move(target.root);
}

}  // namespace belfry::twiml
