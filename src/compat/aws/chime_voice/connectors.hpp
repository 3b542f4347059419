#pragma once
#include "compat/aws/chime_voice/context.hpp"

namespace belfry::compat::aws::chime_voice {

/// Voice connectors. Each has a SIP domain `<id>.voiceconnector.chime.aws` with lists of
/// credentials and addresses, which Twilio's face shows too, and a trunk for each of its
/// origination's routes. Control thread.
class Connectors {
 public:
  explicit Connectors(Context& context) : context_(context) {}
  void add_to(Door& door);
  /// At start: the trunks run again.
  base::Task<base::Result<>> restore();

 private:
  using Found = std::expected<Connector, Failure>;

  base::Task<Answer> create(Call call);
  base::Task<Answer> get(Call call);
  base::Task<Answer> list(Call call);
  base::Task<Answer> update(Call call);
  base::Task<Answer> remove(Call call);
  base::Task<Answer> list_regions(Call call);
  base::Task<Answer> put_logging(Call call);
  base::Task<Answer> get_logging(Call call);
  base::Task<Found> find(const Call& call);
  base::Task<base::Result<>> store(Connector connector);

  // origination.cpp
  base::Task<Answer> put_origination(Call call);
  base::Task<Answer> get_origination(Call call);
  base::Task<Answer> remove_origination(Call call);
  base::Task<base::Result<>> apply_routes(const Connector& connector);
  base::Task<base::Result<std::vector<call::Document>>> numbers_of(std::string connector_id);

  // termination.cpp
  base::Task<Answer> put_termination(Call call);
  base::Task<Answer> get_termination(Call call);
  base::Task<Answer> remove_termination(Call call);
  base::Task<Answer> get_termination_health(Call call);
  base::Task<Answer> put_credentials(Call call);
  base::Task<Answer> list_credentials(Call call);
  base::Task<Answer> remove_credentials(Call call);
  base::Task<base::Result<>> open_domain(const Connector& connector);
  base::Task<base::Result<>> close_domain(const Connector& connector);
  base::Task<base::Result<>> map_users(const Connector& connector);
  base::Task<base::Result<>> put_addresses(const Connector& connector);
  const call::Document* credential(const Connector& connector, const std::string& user) const;

  // associations.cpp
  base::Task<Answer> associate(Call call);
  base::Task<Answer> disassociate(Call call);
  base::Task<std::expected<void, Failure>> attach(
      const Connector& connector, std::string number, bool by_force
  );
  base::Task<std::expected<void, Failure>> detach(const Connector& connector, std::string number);

  Context& context_;
};

}  // namespace belfry::compat::aws::chime_voice
