// What the pages of calls and of settings ask for, beside the calls themselves.
#include "server/system.hpp"

namespace belfry::server {

void System::make_settings() {
  conferences_of_page_ = std::make_unique<admin::Conferences>(*switchboard_, conferences_);
  conferences_of_page_->add_to(router_);
  messages_of_page_ = std::make_unique<admin::Messages>(*switchboard_);
  messages_of_page_->add_to(router_);
  const admin::DirectoryAccess access{
      platform_.loop, platform_.random, platform_.store, *directory_, accounts_.main().sid
  };
  numbers_of_page_ = std::make_unique<admin::Numbers>(access);
  numbers_of_page_->add_to(router_);
  applications_of_page_ = std::make_unique<admin::Applications>(access);
  applications_of_page_->add_to(router_);
  keys_of_page_ = std::make_unique<admin::Keys>(accounts_);
  keys_of_page_->add_to(router_);
}

}  // namespace belfry::server
