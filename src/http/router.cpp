#include "http/router.hpp"

#include <cassert>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "http/websocket_handshake.hpp"

namespace belfry::http {

using base::Task;

namespace {

Task<Response> answer_at_once(
    std::shared_ptr<std::function<Response(const Request&)>> handler, Request request
) {
  co_return (*handler)(request);
}

}  // namespace

Handler immediate(std::function<Response(const Request&)> handler) {
  // Shared by the copies of the std::function and by the tasks that they make.
  auto shared = std::make_shared<std::function<Response(const Request&)>>(std::move(handler));
  return [shared](Request request) { return answer_at_once(shared, std::move(request)); };
}

Router::Router(base::Loop& loop) : loop_(loop) {
  unrouted_.method = "other";
  unrouted_.path = "none";
}
Router::~Router() = default;

std::vector<Router::Segment> Router::parse_template(std::string_view path) {
  std::vector<Segment> segments;
  for (const std::string_view part : base::split(path.substr(1), '/')) {
    Segment segment;
    const auto open = part.find('{');
    const auto close = part.find('}');
    if (open == std::string_view::npos) {
      segment.text = part;
    } else {
      segment.text = part.substr(0, open);
      segment.name = part.substr(open + 1, close - open - 1);
      segment.suffix = part.substr(close + 1);
      segment.kind = segment.text.empty() && segment.suffix.empty() ? Segment::Kind::parameter
                                                                    : Segment::Kind::affixed;
      if (segment.name.ends_with("...")) {
        segment.kind = Segment::Kind::rest;
        segment.name.resize(segment.name.size() - 3);
      }
    }
    segments.push_back(std::move(segment));
  }
  return segments;
}

bool Router::more_literal(const Route& a, const Route& b) {
  const std::size_t common = std::min(a.segments.size(), b.segments.size());
  for (std::size_t i = 0; i < common; ++i) {
    const Segment& left = a.segments[i];
    const Segment& right = b.segments[i];
    if (left.kind != right.kind) return left.kind < right.kind;
    const std::size_t left_fixed = left.text.size() + left.suffix.size();
    const std::size_t right_fixed = right.text.size() + right.suffix.size();
    if (left.kind == Segment::Kind::affixed && left_fixed != right_fixed)
      return left_fixed > right_fixed;
  }
  return false;
}

void Router::add(std::string_view method_and_path, Handler handler, Options options) {
  const auto space = method_and_path.find(' ');
  auto route = std::make_unique<Route>();
  route->method = method_and_path.substr(0, space);
  route->path = method_and_path.substr(space + 1);
  assert(space != std::string_view::npos && route->path.starts_with('/'));
  assert(std::ranges::none_of(routes_, [&](const auto& other) {
    return other->method == route->method && other->path == route->path;
  }));
  route->segments = parse_template(route->path);
  route->handler = std::move(handler);
  route->options = options;
  const auto place = std::ranges::find_if(routes_, [&](const auto& other) {
    return more_literal(*route, *other);
  });
  routes_.insert(place, std::move(route));
}

void Router::add_websocket(
    std::string_view path, WebSocketHandler handler, std::size_t max_message
) {
  add("GET " + std::string(path),
      immediate([handler = std::move(handler), max_message](const Request& request) {
        Response response = answer_websocket(request);
        if (response.status != 101) return response;
        response.upgrade.emplace(Upgrade{max_message, [handler, request](WebSocket& socket) {
                                           return handler(socket, request);
                                         }});
        return response;
      }));
}

void Router::add_detour(
    std::string name, std::function<bool(const Request&)> is_meant, Handler handler,
    DetourTerms terms
) {
  auto route = std::make_unique<Route>();
  route->method = "any";
  route->path = std::move(name);
  route->handler = std::move(handler);
  detours_.push_back({std::move(is_meant), std::move(route), std::move(terms)});
}

const Router::Detour* Router::detour_of(const Request& request) const {
  for (const Detour& detour : detours_)
    if (detour.is_meant(request)) return &detour;
  return nullptr;
}

void Router::set_errors(std::string prefix, ErrorBody body) {
  errors_[std::move(prefix)] = std::move(body);
}

namespace {

bool fits(std::string_view value, const std::string& prefix, const std::string& suffix) {
  return value.size() > prefix.size() + suffix.size() && value.starts_with(prefix) &&
         value.ends_with(suffix);
}

}  // namespace

bool Router::matches(const Route& route, const Segments& path) {
  for (std::size_t i = 0; i < route.segments.size(); ++i) {
    const Segment& segment = route.segments[i];
    if (segment.kind == Segment::Kind::rest) return path.size() > i;
    if (i >= path.size()) return false;
    if (segment.kind == Segment::Kind::literal ? path[i] != segment.text
                                               : !fits(path[i], segment.text, segment.suffix))
      return false;
  }
  return path.size() == route.segments.size();
}

Router::Route* Router::find(std::string_view method, std::string_view path) const {
  if (!path.starts_with('/')) return nullptr;
  const Segments segments = base::split(path.substr(1), '/');
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  Route* found = nullptr;
  for (const auto& route : routes_) {
    if ((route->method != method && route->method != wanted) || !matches(*route, segments))
      continue;
    if (route->method == method) return route.get();
    if (found == nullptr) found = route.get();
  }
  return found;
}

std::string Router::allowed_methods(std::string_view path) const {
  if (!path.starts_with('/')) return {};
  const Segments segments = base::split(path.substr(1), '/');
  std::string methods;
  const auto name = [&](std::string_view method) {
    if (!methods.contains(method)) (methods += methods.empty() ? "" : ", ") += method;
  };
  for (const auto& route : routes_) {
    if (!matches(*route, segments)) continue;
    name(route->method);
    if (route->method == "GET") name("HEAD");
  }
  if (!methods.empty()) name("OPTIONS");
  return methods;
}

void Router::read_params(const Route& route, Request& request) {
  const Segments path = base::split(std::string_view(request.path).substr(1), '/');
  for (std::size_t i = 0; i < route.segments.size(); ++i) {
    const Segment& segment = route.segments[i];
    if (segment.kind == Segment::Kind::literal) continue;
    std::string_view value = path[i];
    if (segment.kind == Segment::Kind::rest) {
      const auto begin = static_cast<std::size_t>(path[i].begin() - request.path.c_str());
      value = std::string_view(request.path).substr(begin);
    } else {
      value.remove_prefix(segment.text.size());
      value.remove_suffix(segment.suffix.size());
    }
    request.params[segment.name] = base::percent_decode(value).value_or(std::string(value));
  }
}

Task<Response> Router::guarded(const Handler& handler, Request request, bool& threw) {
  try {
    Task<Response> handling = handler(std::move(request));
    co_return co_await std::move(handling);
  } catch (const std::exception& error) {
    base::log::error("http.handler_threw", {{"what", error.what()}});
  }
  threw = true;
  co_return empty(500);
}

Task<Response> Router::run(Route& route, Request request) {
  // What an error needs, because the handler takes the request.
  Request asked = Request::make(request.method, request.target);
  asked.id = request.id;
  bool threw = false;
  Task<Response> handling = guarded(route.handler, std::move(request), threw);
  Response response = co_await std::move(handling);
  if (threw) co_return error(500, asked, "the request met a defect of the server");
  co_return response;
}

Task<Response> Router::answer_unrouted(Request request) {
  const std::string allowed = allowed_methods(request.path);
  if (!allowed.empty()) {
    Response response = request.method == "OPTIONS"
                            ? empty(204)
                            : error(405, request, "method is not allowed here");
    response.headers.set("Allow", allowed);
    co_return response;
  }
  if (request.method == "OPTIONS" && request.target == "*") co_return empty(204);
  if (fallback_) {
    Request asked = Request::make(request.method, request.target);
    asked.id = request.id;
    asked.headers = request.headers;
    bool threw = false;
    Task<Response> handling = guarded(fallback_, std::move(request), threw);
    Response response = co_await std::move(handling);
    if (!threw && response.status != 404) co_return response;
    request = std::move(asked);
  }
  co_return error(404, request, "there is nothing at this path");
}

void Router::set_guard(std::string prefix, Guard guard) {
  guards_[std::move(prefix)] = std::move(guard);
}

/// By the template and not by the path, which may be written in many ways.
std::optional<Response> Router::ask_guard(const Route& route, const Request& request) const {
  const Guard* nearest = nullptr;
  for (const auto& [prefix, guard] : guards_)  // a longer prefix comes after those it begins with
    if (route.path.starts_with(prefix)) nearest = &guard;
  return nearest != nullptr && *nearest ? (*nearest)(request) : std::nullopt;
}

Task<Response> Router::dispatch(Request request) {
  const base::Instant began = loop_.now();
  const Detour* detour = detour_of(request);
  Route* route = detour != nullptr ? detour->route.get() : find(request.method, request.path);
  const bool routed = route != nullptr;
  if (routed) {
    request.route = route->path;
    read_params(*route, request);
  } else {
    route = &unrouted_;
  }
  if (routed) {
    if (auto refusal = ask_guard(*route, request)) {
      count(*route, refusal->status, began);
      co_return std::move(*refusal);
    }
  }
  Task<Response> answering;
  if (routed) {
    answering = run(*route, std::move(request));
  } else {
    answering = answer_unrouted(std::move(request));
  }
  Response response = co_await std::move(answering);
  count(*route, response.status, began);
  co_return response;
}

void Router::count(Route& route, int status, base::Instant began) {
  const auto status_class = static_cast<std::size_t>(std::clamp(status / 100, 1, 5));
  auto*& counted = route.counted[status_class];
  if (counted == nullptr)
    counted = &base::metrics::counter(
        "belfry_http_requests_total", "HTTP requests answered",
        {{"route", route.path},
         {"method", route.method},
         {"status", std::to_string(status_class) + "xx"}}
    );
  if (route.timed == nullptr)
    route.timed = &base::metrics::histogram(
        "belfry_http_request_seconds", "Time from a request's last byte to its answer",
        {0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10}, {{"route", route.path}, {"method", route.method}}
    );
  base::log::debug(
      "http.answered", {{"route", route.path}, {"method", route.method}, {"status", status}}
  );
  counted->add();
  route.timed->observe(std::chrono::duration<double>(loop_.now() - began).count());
}

Response Router::error(int status, const Request& request, std::string_view reason) const {
  if (const Detour* detour = detour_of(request); detour != nullptr && detour->terms.errors)
    return detour->terms.errors(status, request, reason);
  const ErrorBody* longest = nullptr;
  std::size_t length = 0;
  for (const auto& [prefix, body] : errors_) {
    if (!request.path.starts_with(prefix) || prefix.size() < length) continue;
    longest = &body;
    length = prefix.size();
  }
  if (longest != nullptr) return (*longest)(status, request, reason);
  return problem(status, reason);
}

std::size_t Router::body_limit(const Request& request) const {
  if (const Detour* detour = detour_of(request); detour != nullptr && detour->terms.max_body)
    return detour->terms.max_body(request);
  const Route* route = find(request.method, request.path);
  return route == nullptr ? Options().max_body : route->options.max_body;
}

std::vector<Router::RouteName> Router::routes() const {
  std::vector<RouteName> names;
  names.reserve(routes_.size());
  for (const auto& route : routes_) names.push_back({route->method, route->path});
  return names;
}

}  // namespace belfry::http
