#pragma once
#include <string>
#include <string_view>

#include "call/record.hpp"

/// STOP, START and HELP (rule P2): who wrote STOP to a number of an account gets no more messages
/// from it. Kept as a document per account, number and party, whatever else is deleted.
namespace belfry::call {

inline constexpr std::string_view opt_out_collection = "opt_out";

enum class OptOutWord { none, stop, start, help };

struct OptOutRequest {
  OptOutWord word = OptOutWord::none;
  std::string_view language = "en";  // of the word, for the answer
};

/// Reads the text of an incoming message. A word of any of the languages counts when it is all that
/// the message says, whatever its case, accents and punctuation. The words that mean nothing else
/// (STOP, STOPALL, UNSUBSCRIBE …) also count when more follows: a missed STOP is worse than a
/// message too few. Pure.
OptOutRequest read_opt_out(std::string_view text);

/// The one confirmation of STOP and START, and the answer to HELP.
std::string_view opt_out_answer(OptOutRequest request);

/// @param number ours, @param party the one who does not want messages.
DocumentKey opt_out_key(
    std::string_view account_sid, std::string_view number, std::string_view party
);
Document opt_out_document(
    std::string_view account_sid, std::string_view number, std::string_view party,
    std::string_view reason, base::WallTime now
);

}  // namespace belfry::call
