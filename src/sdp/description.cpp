#include "sdp/description.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <limits>

#include "base/text.hpp"

namespace belfry::sdp {

using base::Errc;
using base::fail;
using base::Result;

namespace {

constexpr int not_acceptable_here = 488;

std::unexpected<base::Error> malformed(std::string message) {
  return fail(Errc::malformed, "SDP: " + std::move(message), not_acceptable_here);
}
std::unexpected<base::Error> too_large(std::string message) {
  return fail(Errc::too_large, "SDP: " + std::move(message), not_acceptable_here);
}

const Attribute* find_in(const std::vector<Attribute>& attributes, std::string_view name) {
  const auto found = std::ranges::find(attributes, name, &Attribute::name);
  return found == attributes.end() ? nullptr : &*found;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out = base::split(text, ' ');
  std::erase_if(out, [](std::string_view word) { return word.empty(); });
  return out;
}

Result<Connection> read_connection(
    std::string_view net, std::string_view family, std::string_view address
) {
  if (!base::equals_ignoring_case(net, "IN")) return malformed("network type is not IN");
  const bool ipv6 = base::equals_ignoring_case(family, "IP6");
  if (!ipv6 && !base::equals_ignoring_case(family, "IP4")) return malformed("address type");
  return Connection{std::string(address), ipv6};
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  const auto value = base::parse_unsigned(text);
  if (!value || *value > std::numeric_limits<Number>::max()) return std::nullopt;
  return static_cast<Number>(*value);
}

Result<Media> read_media(std::string_view value) {
  const auto parts = words(value);
  if (parts.size() < 4) return malformed("m= line is too short");
  if (parts.size() - 3 > Limits::formats) return too_large("too many formats");
  Media media;
  media.kind = parts[0];
  media.profile = parts[2];
  const auto slash = parts[1].find('/');
  const auto port = number<std::uint16_t>(parts[1].substr(0, slash));
  if (!port) return malformed("m= port");
  media.port = *port;
  if (slash != std::string_view::npos) {
    const auto count = number<std::uint16_t>(parts[1].substr(slash + 1));
    if (!count || *count == 0) return malformed("m= port count");
    media.port_count = *count;
  }
  media.formats.assign(parts.begin() + 3, parts.end());
  return media;
}

/// All but the tab: what is read must come out the same again.
bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
}

/// Reads line by line; `parse` below is its only user.
class Reader {
 public:
  Result<Description> read(std::string_view text) {
    bool first = true;
    for (std::string_view line : base::split(text, '\n')) {
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.empty()) continue;
      if (std::ranges::any_of(line, is_control)) return malformed("control character");
      if (line.size() < 2 || line[1] != '=') return malformed("line without type");
      if (first && line != "v=0") return malformed("version is not 0");
      first = false;
      BELFRY_CHECK(line_of(line[0], line.substr(2)));
    }
    if (!has_origin_) return malformed("no o= line");
    return std::move(out_);
  }

 private:
  Result<> line_of(char type, std::string_view value) {
    switch (type) {
      case 'o':
        return origin(value);
      case 's':
        if (out_.media.empty()) out_.name = value;
        return {};
      case 'c':
        return connection(value);
      case 'b':
        return bandwidth(value);
      case 'a':
        return attribute(value);
      case 'm':
        return media(value);
      case 'v':
        if (value != "0" || has_origin_) return malformed("v= line");
        return {};
      default:
        if (std::string_view("iueptrzk").find(type) == std::string_view::npos)
          return malformed("unknown line type");
        return {};
    }
  }

  Result<> origin(std::string_view value) {
    const auto parts = words(value);
    if (has_origin_ || parts.size() != 6) return malformed("o= line");
    // Some phones write versions beyond 64 bits; only "same or not" matters, so those count as 0.
    for (const char digit : parts[2])
      if (digit < '0' || digit > '9') return malformed("o= version");
    BELFRY_TRY(address, read_connection(parts[3], parts[4], parts[5]));
    out_.origin = Origin{
        std::string(parts[0]), std::string(parts[1]), base::parse_unsigned(parts[2]).value_or(0),
        std::move(address)
    };
    has_origin_ = true;
    return {};
  }

  Result<> connection(std::string_view value) {
    const auto parts = words(value);
    if (parts.size() != 3) return malformed("c= line");
    BELFRY_TRY(read, read_connection(parts[0], parts[1], parts[2]));
    auto& slot = out_.media.empty() ? out_.connection : out_.media.back().connection;
    if (!slot) slot = std::move(read);  // further ones are layered multicast, not for us
    return {};
  }

  Result<> bandwidth(std::string_view value) {
    auto& list = out_.media.empty() ? out_.bandwidths : out_.media.back().bandwidths;
    if (list.size() >= 16) return too_large("too many b= lines");
    list.emplace_back(value);
    return {};
  }

  Result<> attribute(std::string_view value) {
    if (++attributes_ > Limits::attributes) return too_large("too many attributes");
    const auto colon = value.find(':');
    Attribute read{std::string(value.substr(0, colon)), {}};
    if (read.name.empty()) return malformed("attribute without name");
    if (colon != std::string_view::npos) read.value = value.substr(colon + 1);
    if (read.name == "candidate" && ++candidates_ > Limits::candidates)
      return too_large("too many candidates");
    auto& list = out_.media.empty() ? out_.attributes : out_.media.back().attributes;
    list.push_back(std::move(read));
    return {};
  }

  Result<> media(std::string_view value) {
    if (out_.media.size() >= Limits::media) return too_large("too many m= lines");
    BELFRY_TRY(read, read_media(value));
    out_.media.push_back(std::move(read));
    return {};
  }

  Description out_;
  bool has_origin_ = false;
  std::size_t attributes_ = 0;
  std::size_t candidates_ = 0;
};

void put(std::string& out, std::string_view text) {
  for (const char c : text)
    if (!is_control(c)) out += c;
}

void put_line(std::string& out, char type, std::string_view value) {
  out += type;
  out += '=';
  put(out, value);
  out += "\r\n";
}

std::string to_text(const Connection& connection) {
  return (connection.ipv6 ? "IN IP6 " : "IN IP4 ") + connection.address;
}

void put_attributes(std::string& out, const std::vector<Attribute>& attributes) {
  for (const Attribute& attribute : attributes)
    put_line(
        out, 'a', attribute.value.empty() ? attribute.name : attribute.name + ':' + attribute.value
    );
}

void put_media(std::string& out, const Media& media) {
  std::string line = media.kind + ' ' + std::to_string(media.port);
  if (media.port_count != 1) line += '/' + std::to_string(media.port_count);
  line += ' ' + media.profile;
  for (const std::string& format : media.formats) line += ' ' + format;
  put_line(out, 'm', line);
  if (media.connection) put_line(out, 'c', to_text(*media.connection));
  for (const std::string& bandwidth : media.bandwidths) put_line(out, 'b', bandwidth);
  put_attributes(out, media.attributes);
}

}  // namespace

const Attribute* Media::find(std::string_view wanted) const {
  return find_in(attributes, wanted);
}

const Attribute* Description::find(std::string_view wanted) const {
  return find_in(attributes, wanted);
}

const Connection* Description::connection_of(const Media& m) const {
  if (m.connection) return &*m.connection;
  return connection ? &*connection : nullptr;
}

Result<Description> parse(std::string_view text) {
  if (text.size() > Limits::bytes) return too_large("longer than 16 KiB");
  return Reader().read(text);
}

std::string serialize(const Description& description) {
  std::string out;
  put_line(out, 'v', "0");
  const Origin& origin = description.origin;
  put_line(
      out, 'o',
      origin.user + ' ' + origin.session_id + ' ' + std::to_string(origin.version) + ' ' +
          to_text(origin.address)
  );
  put_line(out, 's', description.name.empty() ? "-" : description.name);
  if (description.connection) put_line(out, 'c', to_text(*description.connection));
  for (const std::string& bandwidth : description.bandwidths) put_line(out, 'b', bandwidth);
  put_line(out, 't', "0 0");
  put_attributes(out, description.attributes);
  for (const Media& media : description.media) put_media(out, media);
  return out;
}

bool is_ip_address(std::string_view text) {
  if (text.empty() || text.size() >= INET6_ADDRSTRLEN) return false;
  const std::string terminated(text);
  in6_addr bytes{};
  return inet_pton(AF_INET, terminated.c_str(), &bytes) == 1 ||
         inet_pton(AF_INET6, terminated.c_str(), &bytes) == 1;
}

bool is_unspecified(std::string_view address) {
  return address == "0.0.0.0" || address == "::";
}

}  // namespace belfry::sdp
