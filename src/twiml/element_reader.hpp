#pragma once
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "twiml/element.hpp"

namespace belfry::twiml {

/// Something in a document that was skipped or replaced by its default; the rest runs.
struct Warning {
  int code = 12200;
  std::string message;
  bool operator==(const Warning&) const = default;
};

/// What reading a document found. The first error stops the document.
struct Findings {
  std::vector<Warning> warnings;
  std::optional<base::Error> error;

  void warn(int code, std::string message);
  void stop(int code, std::string message);
};

enum class Severity { warning, error };

/// Takes the attributes of one element out by name and type. A value that breaks its rule is a
/// finding with the verb's own code, and the default is used. Names are case-sensitive.
class ElementReader {
 public:
  using Words = std::initializer_list<std::string_view>;

  ElementReader(const Element& element, Findings& findings)
      : element_(element), findings_(findings) {}

  std::string text(std::string_view name, std::string fallback = {});
  /// Nothing when absent: tells `waitUrl=""` from no waitUrl.
  std::optional<std::string> optional_text(std::string_view name);
  bool flag(std::string_view name, bool fallback, int code, Severity severity = Severity::warning);
  std::uint32_t number(
      std::string_view name, std::uint32_t fallback, std::uint32_t minimum, std::uint32_t maximum,
      int code
  );
  std::optional<std::uint32_t> optional_number(
      std::string_view name, std::uint32_t minimum, std::uint32_t maximum, int code
  );
  std::chrono::seconds seconds(
      std::string_view name, std::uint32_t fallback, std::uint32_t minimum, std::uint32_t maximum,
      int code
  );
  /// One of `allowed`.
  std::string word(
      std::string_view name, std::string_view fallback, Words allowed, int code,
      Severity severity = Severity::warning
  );
  /// A space-separated list of `allowed`, each once; one wrong word makes the whole list wrong.
  std::vector<std::string> words(
      std::string_view name, Words fallback, Words allowed, int code,
      Severity severity = Severity::warning
  );
  /// "GET" or "POST", any case.
  std::string method(std::string_view name, int code, std::string_view fallback = "POST");
  /// Attributes that are valid and change nothing here.
  void accept(Words names);
  /// 12200 for each attribute that nobody asked for. Last.
  void report_unknown_attributes();
  /// 12200 for the child elements, for a verb that has none.
  void report_children();

  const Element& element() const { return element_; }
  Findings& findings() { return findings_; }
  void invalid(std::string_view name, int code, Severity severity = Severity::warning);

 private:
  const std::string* take(std::string_view name);

  const Element& element_;
  Findings& findings_;
  std::vector<std::string_view> taken_;
};

}  // namespace belfry::twiml
