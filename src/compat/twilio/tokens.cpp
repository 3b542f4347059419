#include "compat/twilio/tokens.hpp"

#include "base/encoding.hpp"
#include "compat/twilio/rendering.hpp"

namespace belfry::compat::twilio {
namespace {

base::json::object server(const std::string& url) {
  return {{"url", url}, {"urls", url}};
}

}  // namespace

void TokensResource::add_to(Api& api) {
  api.post("/Tokens", this, &TokensResource::create);
}

base::Task<http::Response> TokensResource::create(Ask ask) {
  const std::int64_t ttl = ask.parameters.integer("Ttl", 86'400, 1, 86'400);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  const base::WallTime now = context_.loop.wall_now();
  const identity::IceServers& known = context_.ice_servers;
  const auto credentials = identity::make_turn_credentials(
      known.turn_secret, ask.account.sid, now + std::chrono::seconds(ttl)
  );
  base::json::array servers;
  for (const std::string& url : known.stun_urls) servers.emplace_back(server(url));
  for (const std::string& url : known.turn_urls) {
    base::json::object turn = server(url);
    turn["username"] = credentials.username;
    turn["credential"] = credentials.password;
    servers.emplace_back(std::move(turn));
  }
  base::json::object json;
  json["account_sid"] = ask.account.sid;
  json["date_created"] = date(now);
  json["date_updated"] = date(now);
  json["ice_servers"] = std::move(servers);
  json["password"] = credentials.password;
  json["ttl"] = std::to_string(ttl);
  json["username"] = credentials.username;
  co_return http::json(201, json);
}

}  // namespace belfry::compat::twilio
