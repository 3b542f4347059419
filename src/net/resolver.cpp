#include "net/resolver.hpp"

#include <ares.h>
#include <netdb.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstring>

#include "base/wait.hpp"

namespace belfry::net {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using base::Task;
namespace asio = boost::asio;

using Addresses = Result<std::vector<IpAddress>>;
using Services = Result<std::vector<SrvRecord>>;

base::Error to_error(int status, const std::string& name) {
  const auto code = status == ARES_ETIMEOUT                              ? Errc::timed_out
                    : status == ARES_ENOTFOUND || status == ARES_ENODATA ? Errc::not_found
                    : status == ARES_EDESTRUCTION                        ? Errc::cancelled
                                                                         : Errc::io;
  return {code, "DNS: " + name + ": " + ares_strerror(status), 0};
}

/// What c-ares holds on to until it calls back; it always does, when destroyed at the latest.
template <class T>
struct Question {
  std::string name;
  typename base::Completion<T>::Resolver resolve;
};

void on_addresses(void* argument, int status, int, ares_addrinfo* answer) {
  const std::unique_ptr<Question<Addresses>> question(static_cast<Question<Addresses>*>(argument));
  if (status != ARES_SUCCESS) return question->resolve(fail(to_error(status, question->name)));
  std::vector<IpAddress> found;
  std::vector<IpAddress> later;
  for (const auto* node = answer->nodes; node != nullptr; node = node->ai_next) {
    if (node->ai_family == AF_INET) {
      sockaddr_in in{};
      std::memcpy(&in, node->ai_addr, sizeof in);
      std::array<std::uint8_t, 4> bytes{};
      std::memcpy(bytes.data(), &in.sin_addr, bytes.size());
      found.push_back(IpAddress::v4(bytes));
    } else if (node->ai_family == AF_INET6) {
      sockaddr_in6 in{};
      std::memcpy(&in, node->ai_addr, sizeof in);
      std::array<std::uint8_t, 16> bytes{};
      std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
      later.push_back(IpAddress::v6(bytes));
    }
  }
  ares_freeaddrinfo(answer);
  found.insert(found.end(), later.begin(), later.end());
  question->resolve(std::move(found));
}

void on_services(void* argument, int status, int, unsigned char* answer, int size) {
  const std::unique_ptr<Question<Services>> question(static_cast<Question<Services>*>(argument));
  ares_srv_reply* records = nullptr;
  if (status == ARES_SUCCESS) status = ares_parse_srv_reply(answer, size, &records);
  if (status != ARES_SUCCESS) return question->resolve(fail(to_error(status, question->name)));
  std::vector<SrvRecord> found;
  for (const auto* record = records; record != nullptr; record = record->next)
    found.push_back({record->host, record->port, record->priority, record->weight});
  ares_free_data(records);
  question->resolve(std::move(found));
}

}  // namespace

/// Drives c-ares: its sockets become descriptors of Asio, its timeouts one timer of the loop.
struct Resolver::State {
  struct Watch {
    explicit Watch(asio::io_context& context, int socket) : descriptor(context, socket) {}
    ~Watch() { descriptor.release(); }  // c-ares closes its own sockets
    asio::posix::stream_descriptor descriptor;
    bool want_read = false;
    bool want_write = false;
    bool reading = false;
    bool writing = false;
  };

  explicit State(Driver& on) : driver(on) {}
  ~State() {
    if (timer != 0) driver.loop().cancel(timer);
    if (channel != nullptr) ares_destroy(channel);
  }

  static void on_socket_state(void* argument, ares_socket_t socket, int read, int write) {
    auto& self = *static_cast<State*>(argument);
    if (read == 0 && write == 0) {
      self.watches.erase(socket);
      return;
    }
    auto& watch = self.watches[socket];
    if (!watch) watch = std::make_shared<Watch>(self.driver.context(), socket);
    watch->want_read = read != 0;
    watch->want_write = write != 0;
    self.wait(socket, watch);
  }

  void wait(int socket, const std::shared_ptr<Watch>& watch) {
    using asio::posix::descriptor_base;
    if (watch->want_read && !watch->reading) {
      watch->reading = true;
      watch->descriptor.async_wait(
          descriptor_base::wait_read,
          [this, socket, weak = std::weak_ptr(watch)](const boost::system::error_code& error) {
            if (auto alive = weak.lock(); alive && !error) {
              alive->reading = false;
              process(socket, ARES_SOCKET_BAD, alive);
            }
          }
      );
    }
    if (watch->want_write && !watch->writing) {
      watch->writing = true;
      watch->descriptor.async_wait(
          descriptor_base::wait_write,
          [this, socket, weak = std::weak_ptr(watch)](const boost::system::error_code& error) {
            if (auto alive = weak.lock(); alive && !error) {
              alive->writing = false;
              process(ARES_SOCKET_BAD, socket, alive);
            }
          }
      );
    }
  }

  void process(int readable, int writable, const std::shared_ptr<Watch>& watch) {
    ares_process_fd(channel, readable, writable);
    const int socket = readable == ARES_SOCKET_BAD ? writable : readable;
    const auto found = watches.find(socket);
    if (found != watches.end() && found->second == watch) wait(socket, watch);
    arm();
  }

  void arm() {
    if (timer != 0) driver.loop().cancel(std::exchange(timer, 0));
    timeval left{};
    if (ares_timeout(channel, nullptr, &left) == nullptr) return;
    const auto delay =
        std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec + 1000);
    timer = driver.loop().call_after(delay, [this] {
      timer = 0;
      ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
      arm();
    });
  }

  Driver& driver;
  ares_channel channel = nullptr;
  base::TimerId timer = 0;
  // Shared only for the moment of a callback, which may remove the watch that called it.
  std::map<int, std::shared_ptr<Watch>> watches;
};

Resolver::Resolver(Driver& driver, base::Random& random, Settings settings)
    : random_(random), state_(std::make_unique<State>(driver)) {
  static const int library = ares_library_init(ARES_LIB_INIT_ALL);
  ares_options options{};
  options.timeout = static_cast<int>(base::to_ms(settings.timeout));
  options.tries = settings.tries;
  options.sock_state_cb = &State::on_socket_state;
  options.sock_state_cb_data = state_.get();
  const int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
  if (library != ARES_SUCCESS || ares_init_options(&state_->channel, &options, mask) != 0) {
    state_->channel = nullptr;
    return;
  }
  std::string servers;
  for (const Address& server : settings.servers)
    servers += (servers.empty() ? "" : ",") + server.to_string();
  if (!servers.empty()) ares_set_servers_ports_csv(state_->channel, servers.c_str());
}

Resolver::~Resolver() = default;

Task<Addresses> Resolver::addresses(std::string host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (auto numeric = IpAddress::parse(host)) co_return std::vector{*numeric};
  if (host == "localhost") {
    std::array<std::uint8_t, 16> one{};
    one[15] = 1;
    co_return std::vector{IpAddress::v4({127, 0, 0, 1}), IpAddress::v6(one)};
  }
  if (state_->channel == nullptr) co_return fail(Errc::unavailable, "DNS cannot be used");
  base::Completion<Addresses> done(state_->driver.loop());
  auto question = std::make_unique<Question<Addresses>>(host, done.resolver());
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_flags = ARES_AI_NOSORT;
  ares_getaddrinfo(
      state_->channel, host.c_str(), nullptr, &hints, on_addresses, question.release()
  );
  state_->arm();
  Task<Addresses> waiting = done.wait();
  Addresses found = co_await std::move(waiting);
  co_return found;
}

Task<Services> Resolver::services(std::string name) {
  constexpr int class_in = 1;
  constexpr int type_srv = 33;
  if (state_->channel == nullptr) co_return fail(Errc::unavailable, "DNS cannot be used");
  base::Completion<Services> done(state_->driver.loop());
  auto question = std::make_unique<Question<Services>>(name, done.resolver());
  ares_query(state_->channel, name.c_str(), class_in, type_srv, on_services, question.release());
  state_->arm();
  Task<Services> waiting = done.wait();
  Services found = co_await std::move(waiting);
  co_return found;
}

std::vector<SrvRecord> order_by_weight(std::vector<SrvRecord> records, base::Random& random) {
  // Host and port only make the order the same everywhere.
  std::ranges::sort(records, {}, [](const SrvRecord& record) {
    return std::tuple(record.priority, record.weight, record.host, record.port);
  });
  std::vector<SrvRecord> ordered;
  while (!records.empty()) {
    std::uint64_t total = 0;
    std::size_t group = 0;
    while (group < records.size() && records[group].priority == records[0].priority)
      total += records[group++].weight;
    // RFC 2782: a number from 0 to the sum; the first whose running sum reaches it.
    std::uint64_t point = random.below(total + 1);
    std::size_t chosen = 0;
    while (chosen + 1 < group && records[chosen].weight < point) point -= records[chosen++].weight;
    ordered.push_back(std::move(records[chosen]));
    records.erase(records.begin() + static_cast<std::ptrdiff_t>(chosen));
  }
  return ordered;
}

Task<Result<std::vector<SipTarget>>> Resolver::targets_of_services(
    std::string host, SipTransport transport
) {
  const std::string prefix = transport == SipTransport::udp   ? "_sip._udp."
                             : transport == SipTransport::tcp ? "_sip._tcp."
                                                              : "_sips._tcp.";
  Task<Services> asking = services(prefix + host);
  Services records = co_await std::move(asking);
  if (!records) co_return fail(records.error());
  std::vector<SipTarget> targets;
  constexpr std::size_t most_targets = 16;
  for (const SrvRecord& record : order_by_weight(std::move(*records), random_)) {
    if (targets.size() >= most_targets) break;
    Task<Addresses> resolving = addresses(record.host);
    const Addresses found = co_await std::move(resolving);
    if (!found) continue;
    for (const IpAddress& ip : *found) targets.push_back({transport, {ip, record.port}});
  }
  if (targets.empty()) co_return fail(Errc::not_found, "DNS: no target of " + host + " resolves");
  co_return targets;
}

Task<Result<std::vector<SipTarget>>> Resolver::sip_targets(
    std::string host, std::optional<std::uint16_t> port, std::optional<SipTransport> transport
) {
  const bool by_address = port || IpAddress::parse(host) || host == "localhost";
  std::vector<SipTransport> candidates{SipTransport::udp, SipTransport::tcp};
  if (transport) candidates = {*transport};
  for (const SipTransport candidate : candidates) {
    if (by_address) break;
    Task<Result<std::vector<SipTarget>>> asking = targets_of_services(host, candidate);
    Result<std::vector<SipTarget>> targets = co_await std::move(asking);
    if (targets) co_return targets;
    if (targets.error().code == Errc::cancelled) co_return targets;
  }
  Task<Addresses> resolving = addresses(host);
  const Addresses found = co_await std::move(resolving);
  if (!found) co_return fail(found.error());
  const SipTransport chosen = transport.value_or(SipTransport::udp);
  const std::uint16_t default_port = chosen == SipTransport::tls ? 5061 : 5060;
  std::vector<SipTarget> targets;
  for (const IpAddress& ip : *found) targets.push_back({chosen, {ip, port.value_or(default_port)}});
  co_return targets;
}

}  // namespace belfry::net
