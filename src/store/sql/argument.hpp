#pragma once
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace belfry::store::sql {

/// A document as a column; `to_column` makes it.
struct JsonText {
  std::string text;
};
/// Kept as it is, whatever it is.
struct Bytes {
  std::string_view bytes;
};

/// What stands for one `?`: an integer, a time, perhaps none, text or bytes. Text is valid UTF-8
/// without NUL: what a network sent otherwise (a SIP reason phrase) has U+FFFD in place of each
/// broken byte, when it is stored and when it is looked for. One that is made of an lvalue refers
/// to it.
class Argument {
 public:
  enum class Kind { integer, text, bytes };

  explicit Argument(std::integral auto value)
      : kind_(Kind::integer), integer_(static_cast<std::int64_t>(value)) {}
  explicit Argument(base::WallTime time) : Argument(base::to_unix_micros(time)) {}
  explicit Argument(const std::optional<base::WallTime>& time) : Argument(0) {
    is_null_ = !time;
    if (time) integer_ = base::to_unix_micros(*time);
  }
  explicit Argument(std::string_view text);
  explicit Argument(const char* text) : Argument(std::string_view(text)) {}
  explicit Argument(const std::string& text) : Argument(std::string_view(text)) {}
  explicit Argument(std::string&& text);
  explicit Argument(JsonText&& json) : kind_(Kind::text), own_(std::move(json.text)), owns_(true) {}
  explicit Argument(Bytes bytes) : kind_(Kind::bytes), text_(bytes.bytes) {}

  Kind kind() const { return kind_; }
  bool is_null() const { return is_null_; }
  std::int64_t integer() const { return integer_; }
  /// Of a text or of bytes.
  std::string_view text() const { return owns_ ? std::string_view(own_) : text_; }

 private:
  Kind kind_;
  bool is_null_ = false;
  std::int64_t integer_ = 0;
  std::string_view text_;
  std::string own_;
  bool owns_ = false;
};

/// What a text becomes when it is stored.
std::string repair_text(std::string_view text);

/// For LIMIT and OFFSET, which know no larger number.
std::int64_t row_count(std::size_t rows);

}  // namespace belfry::store::sql
