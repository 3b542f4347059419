#pragma once
#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/loop.hpp"
#include "base/metrics.hpp"
#include "base/task.hpp"
#include "http/message.hpp"

namespace belfry::http {

using Handler = std::function<base::Task<Response>(Request)>;

/// A handler that has its answer at once.
Handler immediate(std::function<Response(const Request&)> handler);

/// Serves one WebSocket; when it returns, the socket is closed. It is destroyed with the socket.
using WebSocketHandler = std::function<base::Task<void>(WebSocket&, Request)>;

/// How one face words its errors: status, the request as far as it was read, a reason for people.
using ErrorBody = std::function<Response(int status, const Request&, std::string_view reason)>;

/// Finds the handler of a request. Templates are `METHOD /path/{param}`; a parameter is one segment
/// or the middle of one (`/Calls/{CallSid}.json`), `{rest...}` at the end is any number of them.
/// The most literal template wins, whatever the order of adding. HEAD uses GET's handler, OPTIONS
/// is answered from what is there. Counts and times each route (http-conventions: metrics).
///
/// One thread. `dispatch` needs no socket: the server asks itself by it, and so does a simulation.
class Router {
 public:
  struct Options {
    std::size_t max_body = 1 << 20;  // 413 beyond (rule H2)
  };
  struct RouteName {
    std::string method;
    std::string path;
  };

  explicit Router(base::Loop& loop);
  ~Router();

  /// A template twice is a defect of ours.
  void add(std::string_view method_and_path, Handler handler, Options options);
  void add(std::string_view method_and_path, Handler handler) {
    add(method_and_path, std::move(handler), Options());
  }
  /// `GET path` as a WebSocket of any origin (its protocol says who asks); other requests get 426.
  /// @param max_message bytes; a longer one ends the socket with 1009
  void add_websocket(std::string_view path, WebSocketHandler handler, std::size_t max_message);
  /// For paths that start with `prefix`; the longest prefix wins. RFC 9457 where none is set.
  void set_errors(std::string prefix, ErrorBody body);
  /// Requests that are known by something else than their path: before every template. `name` is
  /// their route in logs and counts.
  struct DetourTerms {
    /// 413 beyond; asked when only the head is there. None: as `Options` says.
    std::function<std::size_t(const Request&)> max_body;
    ErrorBody errors;  // none: as for the path
  };
  void add_detour(
      std::string name, std::function<bool(const Request&)> is_meant, Handler handler,
      DetourTerms terms
  );
  void add_detour(std::string name, std::function<bool(const Request&)> is_meant, Handler handler) {
    add_detour(std::move(name), std::move(is_meant), std::move(handler), DetourTerms());
  }
  /// Asked before the handler of each template that begins with `prefix`, the longest prefix that
  /// fits: what it gives back is the answer then. An empty one lets everybody pass.
  using Guard = std::function<std::optional<Response>(const Request&)>;
  void set_guard(std::string prefix, Guard guard);
  /// Asked when no template matches (pages of a single-page application). Its 404 becomes the
  /// face's.
  void set_fallback(Handler handler) { fallback_ = std::move(handler); }

  /// Never throws: an exception of a handler is logged and answered with 500.
  base::Task<Response> dispatch(Request request);

  /// An error in the words of the face that the request belongs to.
  Response error(int status, const Request& request, std::string_view reason) const;
  /// @param request its head
  std::size_t body_limit(const Request& request) const;
  /// Every template, for checking that the API description is complete.
  std::vector<RouteName> routes() const;

 private:
  struct Segment {
    enum class Kind { literal, affixed, parameter, rest };
    Kind kind = Kind::literal;
    std::string text;    // the literal, or what stands before the parameter
    std::string suffix;  // what stands after it
    std::string name;
  };
  struct Route {
    std::string method;
    std::string path;
    std::vector<Segment> segments;
    Handler handler;
    Options options;
    std::array<base::metrics::Counter*, 6> counted{};  // by status class, made when first needed
    base::metrics::Histogram* timed = nullptr;
  };
  using Segments = std::vector<std::string_view>;
  struct Detour {
    std::function<bool(const Request&)> is_meant;
    std::unique_ptr<Route> route;
    DetourTerms terms;
  };

  static std::vector<Segment> parse_template(std::string_view path);
  static bool more_literal(const Route& a, const Route& b);
  static bool matches(const Route& route, const Segments& path);
  static void read_params(const Route& route, Request& request);
  Route* find(std::string_view method, std::string_view path) const;
  const Detour* detour_of(const Request& request) const;
  std::optional<Response> ask_guard(const Route& route, const Request& request) const;
  std::string allowed_methods(std::string_view path) const;
  base::Task<Response> run(Route& route, Request request);
  base::Task<Response> answer_unrouted(Request request);
  static base::Task<Response> guarded(const Handler& handler, Request request, bool& threw);
  void count(Route& route, int status, base::Instant began);

  base::Loop& loop_;
  std::vector<std::unique_ptr<Route>> routes_;  // the more literal first
  std::vector<Detour> detours_;
  Route unrouted_;
  std::map<std::string, ErrorBody, std::less<>> errors_;
  std::map<std::string, Guard, std::less<>> guards_;
  Handler fallback_;
};

}  // namespace belfry::http
