#pragma once
#include "server/config/settings.hpp"

/// Makes the tables of `settings.hpp`; for the files that hold them.
namespace belfry::server {

struct Traits {
  bool required = false;
  bool secret = false;
  std::string_view environment;
};
inline constexpr Traits required{.required = true};
inline constexpr Traits secret{.secret = true};

/// `access(root)` is the field, for a `Root&` and a `const Root&`.
template <class Root, class Access>
Setting<Root> setting(
    std::string_view key, std::string_view help, Access access, Traits traits = {}
) {
  using Field = std::remove_cvref_t<decltype(access(std::declval<Root&>()))>;
  Setting<Root> made;
  made.key = key;
  made.help = help;
  made.type = type_for<Field>();
  if constexpr (Enumeration<Field>)
    for (const Word<Field>& each : words_of<Field>) made.words.push_back(each.word);
  made.required = traits.required;
  made.secret = traits.secret;
  made.environment = traits.environment;
  made.assign = [access](Root& root, const Value& value) { return assign(value, access(root)); };
  made.get = [access](const Root& root) -> std::optional<Value> { return to_value(access(root)); };
  return made;
}

}  // namespace belfry::server

/// A field of `Config`, or of an entry of one of its lists, by its name.
#define BELFRY_FIELD(name) [](auto& root) -> auto& { return root.name; }
