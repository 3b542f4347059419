#include "server/commands/usage.hpp"

#include <CLI/CLI.hpp>

#include "base/text.hpp"

namespace belfry::server {
namespace {

/// The command that the words before the unknown one chose.
const CLI::App& innermost(const CLI::App& program) {
  const CLI::App* command = &program;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().back();
  return *command;
}

/// Those of the command and of the commands that it belongs to.
std::vector<std::string> flags_of(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const CLI::App* each = &command; each != nullptr; each = each->get_parent())
    for (const CLI::Option* option : each->get_options())
      for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  return flags;
}

std::vector<std::string> commands_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* each : command.get_subcommands({})) names.push_back(each->get_name());
  return names;
}

}  // namespace

std::string explain_unknown_word(const CLI::App& program) {
  const std::vector<std::string> unknown = program.remaining(true);
  if (unknown.empty()) return {};
  const std::string word = unknown.front().substr(0, unknown.front().find('='));
  const bool is_flag = word.starts_with('-');
  const CLI::App& command = innermost(program);
  const std::vector<std::string> names = is_flag ? flags_of(command) : commands_of(command);
  const std::vector<std::string_view> known(names.begin(), names.end());
  std::string text = is_flag ? "unknown flag " : "unknown word ";
  text += word;
  const std::string_view nearest = base::nearest(word, known);
  if (!nearest.empty()) text.append("; did you mean ").append(nearest).append("?");
  return text;
}

}  // namespace belfry::server
