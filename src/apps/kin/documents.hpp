#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

/// What KIN says on the telephone, as TwiML documents. Pure.
namespace belfry::apps::kin {

/// Where the menu and inbound calls lead: numbers, `client:` identities or `sip:` addresses, which
/// ring together.
struct Destinations {
  std::vector<std::string> sales;
  std::vector<std::string> support;
  std::vector<std::string> reception;
  std::vector<std::string> agent;  // of inbound calls
};

inline constexpr std::string_view default_message = "Hello from KIN Communications Platform";
inline constexpr int menu_attempts = 3;

/// Of a call that a browser makes. @param to a number, a `client:` or `sip:` address, or the name
/// of another browser. @param caller_id shown to a number; others are shown who calls
std::string browser_call_document(const std::string& to, std::string_view caller_id);
/// After such a call. @param dial_status how dialling ended (`DialCallStatus`)
std::string after_call_document(std::string_view dial_status);
/// Of calls that are made without a document of their own.
std::string greeting_document();
std::string basic_document(std::string_view message);
/// @param attempt from 1
std::string menu_document(int attempt = 1);
/// After a key at the menu. @param digits what was pressed
std::string menu_choice_document(
    const Destinations& destinations, std::string_view digits, int attempt
);
/// A call from outside: the agent for 30 s, recorded, then the voicemail.
std::string inbound_document(const Destinations& destinations);
/// @param dial_status how dialling the agent ended (`DialCallStatus`); empty: nobody was dialled
std::string after_agent_document(std::string_view dial_status);
std::string voicemail_document();
std::string after_voicemail_document();

}  // namespace belfry::apps::kin
