#pragma once
#include <optional>
#include <string_view>

namespace belfry::sip {

/// Length of the quoted string at the front of `text`, which begins with `"`; npos when it does not
/// end. Private to this folder.
std::size_t quoted_length(std::string_view text);

/// Walks over the elements of a comma-separated header value without an allocation. Commas inside
/// quotes and `<>` do not count. Private to this folder.
class ListReader {
 public:
  explicit ListReader(std::string_view value) : rest_(value) {}
  /// The next element, trimmed; nothing at the end, or when the list is broken.
  std::optional<std::string_view> next();
  bool is_broken() const { return broken_; }

 private:
  std::optional<std::string_view> broken() {
    broken_ = true;
    return std::nullopt;
  }

  std::string_view rest_;
  bool done_ = false;
  bool broken_ = false;
};

}  // namespace belfry::sip
