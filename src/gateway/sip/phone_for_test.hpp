#pragma once
#include "gateway/sip/exchange_for_test.hpp"
#include "sip/digest_client.hpp"

namespace belfry::gateway::sip::testing_support {

/// A telephone that is played by hand and knows digest.
class TestPhone : public Peer {
 public:
  TestPhone(Network& network, Endpoint at, std::string user, std::string password)
      : Peer(network, std::move(at)),
        user_(std::move(user)),
        password_(std::move(password)),
        digest_(fresh()) {}

  /// A request as text. @param lines further headers, each ending in CRLF
  std::string request(
      std::string_view method, std::string_view uri, std::string_view lines = {},
      std::string_view body = {}
  ) {
    const std::string at = belfry::sip::to_string(address);
    ++number_;
    std::string text(method);
    text.append(" ").append(uri).append(" SIP/2.0\r\nVia: SIP/2.0/UDP ").append(at);
    text += ";branch=z9hG4bKp" + std::to_string(number_) + ";rport\r\nMax-Forwards: 70\r\n";
    text += "From: <sip:" + user_ + "@belfry>;tag=f\r\nTo: <sip:" + to_user + "@belfry>\r\n";
    text += "Call-ID: " + call_id + "\r\nCSeq: " + std::to_string(number_) + ' ';
    text.append(method).append("\r\nContact: <sip:").append(user_).append("@").append(at);
    text.append(">\r\n").append(lines);
    if (!body.empty()) text += "Content-Type: application/sdp\r\n";
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    return text.append(body);
  }
  /// The header line that answers the challenge that was heard last.
  std::string credentials(std::string_view method, std::string_view uri) {
    if (!heard.empty() && heard.back().status() == 401) {
      EXPECT_TRUE(
          digest_->take_challenge(heard.back(), belfry::sip::ChallengeFrom::configured_trunk)
      );
    }
    const auto header = digest_->authorize(method, uri);
    return header ? "Authorization: " + header->value + "\r\n" : std::string();
  }
  void accepted() { digest_->accepted(); }
  void forget_challenges() {
    heard.clear();
    digest_.emplace(fresh());
  }

  std::string call_id = "call-1";
  std::string to_user = "desk1";

 private:
  base::SeededRandom random_{5};
  belfry::sip::DigestClient fresh() {
    return {belfry::sip::DigestClient::Settings{user_, password_}, random_};
  }
  std::string user_, password_;
  std::optional<belfry::sip::DigestClient> digest_;
  int number_ = 0;
};

}  // namespace belfry::gateway::sip::testing_support
