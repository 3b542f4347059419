#include "apps/flux/script.hpp"

#include "base/text.hpp"

namespace belfry::apps::flux {
namespace {

constexpr std::string_view declaration = R"(<?xml version="1.0" encoding="UTF-8"?>)";

std::string say(std::string_view escaped_text) {
  return R"(<Say voice="alice" language="en-US">)" + std::string(escaped_text) + "</Say>";
}

}  // namespace

std::string announcement(std::string_view task_title, std::string_view gather_url) {
  const std::string sentence =
      "Hi! This is Flux. You have a critical task: " + base::escape_xml(task_title) +
      ". Press 1 to acknowledge.";
  return std::string(declaration) + R"(<Response><Gather numDigits="1" action=")" +
         base::escape_xml(gather_url) +
         R"(" method="POST" timeout="10" actionOnEmptyResult="true">)" + say(sentence) +
         "</Gather></Response>";
}

std::string acknowledgement(bool acknowledged) {
  return std::string(declaration) + "<Response>" +
         say(acknowledged ? "Thank you. Task acknowledged. Goodbye."
                          : "No acknowledgment received. Goodbye.") +
         "<Hangup/></Response>";
}

}  // namespace belfry::apps::flux
