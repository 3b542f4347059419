// Simulated phones that people hold by a browser, as part of the system.
#include "call/handset.hpp"
#include "identity/access_token.hpp"
#include "server/system.hpp"

namespace belfry::server {

void System::make_handsets(const identity::Keys& keys) {
  browsers_->set_telephones(simulator_.get());
  simulator_->set_handsets(*browsers_);
  simulator_control_->set_token_maker([this, key_sid = keys.api_key_sid,
                                       secret = keys.api_key_secret](const std::string& identity) {
    identity::AccessToken token;
    token.account_sid = accounts_.main().sid;
    token.key_sid = key_sid;
    token.identity = identity;
    token.voice = {true, std::string(call::handset_application), {}};
    return identity::sign_access_token(token, secret, platform_.loop.wall_now());
  });
}

}  // namespace belfry::server
