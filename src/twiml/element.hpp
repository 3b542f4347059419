#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace belfry::twiml {

/// An XML element, or (without a name) a piece of text between elements. Text is UTF-8.
struct Element {
  using Attribute = std::pair<std::string, std::string>;

  std::string name;
  std::string text;
  std::vector<Attribute> attributes;  // in document order, names are unique
  std::vector<Element> children;      // in document order

  bool is_text() const { return name.empty(); }
  const std::string* attribute(std::string_view name) const;
  /// Its own text without that of child elements: trimmed, inner white space collapsed.
  std::string own_text() const;

  static Element piece_of_text(std::string text);
};

/// Trimmed, every run of white space one blank.
std::string collapse_space(std::string_view text);

inline constexpr std::size_t max_document_bytes = 64 * 1024;
inline constexpr std::size_t max_depth = 16;

/// Reads a well-formed XML 1.0 document by rule W2: no DOCTYPE and so no entities of its own,
/// nothing external, depth 16, 64 KiB. A byte order mark and white space in front are forgiven.
/// Never throws.
/// @return the root, or an error with Twilio's code: 11750 too large, 12100 not well-formed (with
/// line and column), 12101 not version 1.0.
base::Result<Element> read_xml(std::string_view document);

}  // namespace belfry::twiml
