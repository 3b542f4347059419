#pragma once
#include <string>

namespace CLI {
class App;
}

namespace belfry::server {

/// What to say about the first word that no command took: the nearest one that is known. Empty when
/// all words were taken. For after a failed parse.
std::string explain_unknown_word(const CLI::App& program);

}  // namespace belfry::server
