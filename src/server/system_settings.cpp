// What the pages of calls and of settings ask for, beside the calls themselves.
#include "base/text.hpp"
#include "server/system.hpp"

namespace belfry::server {

void System::make_settings() {
  conferences_of_page_ = std::make_unique<admin::Conferences>(*switchboard_, conferences_);
  conferences_of_page_->add_to(router_);
  messages_of_page_ = std::make_unique<admin::Messages>(*switchboard_);
  messages_of_page_->add_to(router_);
  analytics_of_page_ = std::make_unique<admin::Analytics>(admin::Analytics::Access{
      platform_.loop, platform_.store,
      [this](const std::string& application, const std::string& key) {
        const auto id = base::parse_unsigned(application == "take5" ? key : "");
        const auto* group =
            id ? take5_->directory().group(static_cast<std::int64_t>(*id)) : nullptr;
        return group == nullptr ? std::string() : group->name;
      }
  });
  analytics_of_page_->add_to(router_);
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
