#include "admin/campaigns.hpp"

#include "admin/schedule_json.hpp"

namespace belfry::admin {
namespace {

using call::schedule::Campaign;
using call::schedule::CampaignNumber;

http::Response no_such_campaign(const http::Request& request) {
  return problem(request, 404, "not-found", "There is no campaign " + request.param("id"));
}

base::json::object render_made(const call::schedule::Campaigns::Made& made) {
  base::json::object rendered = render(made.campaign);
  rendered["added"] = static_cast<std::int64_t>(made.added);
  rendered["duplicates"] = static_cast<std::int64_t>(made.duplicates);
  return rendered;
}

}  // namespace

void Campaigns::add_to(http::Router& router) {
  const auto route = [&](std::string_view path,
                         base::Task<http::Response> (Campaigns::*handler)(http::Request)) {
    router.add(path, [this, handler](http::Request request) {
      return (this->*handler)(std::move(request));
    });
  };
  const auto change_by = [&](std::string_view path, Change how) {
    router.add(path, [this, how](http::Request request) {
      return change(std::move(request), how);
    });
  };
  route("GET /admin/api/campaigns", &Campaigns::list);
  route("POST /admin/api/campaigns", &Campaigns::create);
  route("GET /admin/api/campaigns/{id}", &Campaigns::show);
  route("POST /admin/api/campaigns/{id}/numbers", &Campaigns::add_numbers);
  route("GET /admin/api/campaigns/{id}/results", &Campaigns::results);
  change_by("POST /admin/api/campaigns/{id}/start", &call::schedule::Campaigns::start);
  change_by("POST /admin/api/campaigns/{id}/pause", &call::schedule::Campaigns::pause);
  change_by("POST /admin/api/campaigns/{id}/cancel", &call::schedule::Campaigns::cancel);
}

base::Task<http::Response> Campaigns::list(http::Request /*request*/) {
  base::json::array items;
  for (const Campaign* each : access_.campaigns.all()) items.emplace_back(render(*each));
  co_return http::json(200, base::json::object{{"items", std::move(items)}});
}

base::Task<http::Response> Campaigns::create(http::Request request) {
  auto body = read_object(request);
  if (!body) co_return std::move(body.error());
  auto read = read_campaign(*body, access_.default_from);
  auto numbers = read_numbers(*body, 0);
  if (const auto* complaints = std::get_if<Complaints>(&read))
    co_return refuse(request, *complaints);
  if (const auto* complaints = std::get_if<Complaints>(&numbers))
    co_return refuse(request, *complaints);
  auto campaign = std::get<Campaign>(std::move(read));
  auto list = std::get<std::vector<CampaignNumber>>(std::move(numbers));
  const auto made = co_await access_.campaigns.create(std::move(campaign), std::move(list));
  if (!made) co_return failure(request, made.error());
  http::Response response = http::json(201, render_made(*made));
  response.headers.add("Location", "/admin/api/campaigns/" + made->campaign.id);
  co_return response;
}

base::Task<http::Response> Campaigns::show(http::Request request) {
  const auto progress = co_await access_.campaigns.progress(request.param("id"));
  const Campaign* campaign = access_.campaigns.find(request.param("id"));
  if (campaign == nullptr) co_return no_such_campaign(request);
  if (!progress) co_return failure(request, progress.error());
  base::json::object rendered = render(*campaign);
  rendered["progress"] = render(*progress);
  co_return http::json(200, std::move(rendered));
}

base::Task<http::Response> Campaigns::add_numbers(http::Request request) {
  auto body = read_object(request);
  if (!body) co_return std::move(body.error());
  auto numbers = read_numbers(*body, 1);
  if (const auto* complaints = std::get_if<Complaints>(&numbers))
    co_return refuse(request, *complaints);
  auto list = std::get<std::vector<CampaignNumber>>(std::move(numbers));
  const auto made = co_await access_.campaigns.add_numbers(request.param("id"), std::move(list));
  if (!made) co_return failure(request, made.error());
  co_return http::json(200, render_made(*made));
}

base::Task<http::Response> Campaigns::change(http::Request request, Change how) {
  const auto changed = co_await (access_.campaigns.*how)(request.param("id"));
  if (!changed) co_return failure(request, changed.error());
  co_return http::json(200, render(*changed));
}

base::Task<http::Response> Campaigns::results(http::Request request) {
  const Campaign* campaign = access_.campaigns.find(request.param("id"));
  if (campaign == nullptr) co_return no_such_campaign(request);
  const std::string file = "campaign-" + campaign->id + ".csv";
  auto csv = co_await access_.campaigns.results_csv(request.param("id"));
  if (!csv) co_return failure(request, csv.error());
  http::Response response = http::empty(200);
  response.headers.add("Content-Type", "text/csv; charset=utf-8");
  response.headers.add("Content-Disposition", "attachment; filename=\"" + file + "\"");
  response.body = std::move(*csv);
  co_return response;
}

}  // namespace belfry::admin
