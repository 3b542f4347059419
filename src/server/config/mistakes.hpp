#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/text.hpp"

namespace belfry::server {

/// Collects all that is wrong with a configuration, so that it can be told at once.
class Mistakes {
 public:
  void add(std::string_view place, std::string_view what) {
    text_.append(text_.empty() ? "" : "\n").append(place).append(": ").append(what);
  }
  void add_unknown(
      std::string_view place, std::string_view kind, std::string_view name,
      const std::vector<std::string_view>& known
  ) {
    std::string what = "unknown ";
    what.append(kind).append(" \"").append(name).append("\"");
    const std::string_view nearest = base::nearest(name, known);
    if (!nearest.empty()) what.append("; did you mean \"").append(nearest).append("\"?");
    add(place, what);
  }
  base::Result<> result() const {
    if (text_.empty()) return {};
    return base::fail(base::Errc::invalid_argument, text_);
  }

 private:
  std::string text_;
};

}  // namespace belfry::server
