#include "webrtc/stun.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/encoding.hpp"

namespace belfry::webrtc::stun {
namespace {

constexpr std::uint32_t magic_cookie = 0x2112A442;
constexpr std::uint32_t fingerprint_mask = 0x5354554E;
constexpr std::size_t head_size = 20;
constexpr std::size_t attribute_head = 4;
constexpr std::size_t mac_size = 20;
constexpr std::size_t integrity_size = attribute_head + mac_size;
constexpr std::size_t fingerprint_size = attribute_head + 4;

enum Attribute : std::uint16_t {
  username = 0x0006,
  message_integrity = 0x0008,
  error_code = 0x0009,
  unknown_attributes = 0x000A,
  xor_mapped_address = 0x0020,
  priority = 0x0024,
  use_candidate = 0x0025,
  fingerprint = 0x8028,
  ice_controlled = 0x8029,
  ice_controlling = 0x802A,
};

constexpr std::array<std::uint32_t, 256> crc_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit)
      value = (value & 1) != 0 ? value >> 1 ^ 0xEDB88320 : value >> 1;
    table[i] = value;
  }
  return table;
}();

/// CRC-32 of ISO 3309, as FINGERPRINT wants it (RFC 8489 section 14.7).
std::uint32_t crc32(std::span<const std::byte> bytes) {
  std::uint32_t value = ~std::uint32_t{0};
  for (const std::byte byte : bytes)
    value = value >> 8 ^ crc_table[(value ^ std::to_integer<std::uint32_t>(byte)) & 0xFF];
  return ~value;
}

std::optional<Kind> kind_of(std::uint16_t type) {
  switch (type) {
    case 0x0001:
      return Kind::request;
    case 0x0011:
      return Kind::indication;
    case 0x0101:
      return Kind::success;
    case 0x0111:
      return Kind::error;
    default:
      return std::nullopt;  // another method
  }
}

/// Exclusive or with the cookie and, behind it, the transaction id (RFC 8489 section 14.2).
void mix(std::span<std::byte> address, const TransactionId& id) {
  for (std::size_t i = 0; i < address.size(); ++i)
    address[i] ^= i < 4 ? static_cast<std::byte>(magic_cookie >> (24 - 8 * i)) : id[i - 4];
}

std::optional<Path> read_address(std::span<const std::byte> value, const TransactionId& id) {
  base::ByteReader reader(value);
  reader.u8();
  const std::uint8_t family = reader.u8();
  Path path;
  path.v6 = family == 2;
  path.port = static_cast<std::uint16_t>(reader.u16() ^ magic_cookie >> 16);
  const auto ip = reader.take(path.ip_size());
  if (!reader.ok() || reader.left() != 0 || (family != 1 && family != 2)) return std::nullopt;
  std::ranges::copy(ip, path.ip.begin());
  mix(std::span(path.ip).first(path.ip_size()), id);
  return path;
}

template <class Number>
bool read_number(std::span<const std::byte> value, std::optional<Number>& into) {
  if (value.size() != sizeof(Number)) return false;
  if (into) return true;
  base::ByteReader reader(value);
  Number number = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    number = static_cast<Number>(number << 8 | reader.u8());
  into = number;
  return true;
}

/// @return false when the value is not what the attribute's kind allows.
bool read_attribute(std::uint16_t kind, std::span<const std::byte> value, Message& into) {
  switch (kind) {
    case username:
      if (into.username.empty()) into.username = base::as_text(value);
      return value.size() <= 513;
    case error_code:
      if (value.size() < 4) return false;
      into.error_code = static_cast<std::uint16_t>(
          (std::to_integer<unsigned>(value[2]) & 7) * 100 + std::to_integer<unsigned>(value[3])
      );
      return true;
    case xor_mapped_address:
      if (!into.mapped) into.mapped = read_address(value, into.id);
      return into.mapped.has_value();
    case priority:
      return read_number(value, into.priority);
    case use_candidate:
      into.use_candidate = true;
      return value.empty();
    case ice_controlled:
      return read_number(value, into.controlled);
    case ice_controlling:
      return read_number(value, into.controlling);
    case unknown_attributes:
      return true;
    default:
      if (kind < 0x8000 && into.unknown == 0) into.unknown = kind;
      return true;
  }
}

bool is_fingerprint_right(std::span<const std::byte> before, std::span<const std::byte> value) {
  return value.size() == 4 && base::ByteReader(value).u32() == (crc32(before) ^ fingerprint_mask);
}

/// The message's head with the length that it had when everything from `end` on was not there yet.
std::array<std::byte, head_size> head_up_to(std::span<const std::byte> message, std::size_t end) {
  std::array<std::byte, head_size> head{};
  std::ranges::copy(message.first(head_size), head.begin());
  base::ByteWriter(std::span(head).subspan(2)).u16(static_cast<std::uint16_t>(end - head_size));
  return head;
}

IntegrityKey::Mac mac_of(
    std::span<const std::byte> message, std::size_t at, const IntegrityKey& key
) {
  const auto head = head_up_to(message, at + integrity_size);
  return key.mac(head, message.subspan(head_size, at - head_size));
}

/// Writes one message, attribute by attribute.
class Writer {
 public:
  Writer(std::uint16_t type, const TransactionId& id, std::span<std::byte> into)
      : into_(into), writer_(into) {
    writer_.u16(type);
    writer_.u16(0);
    writer_.u32(magic_cookie);
    writer_.bytes(id);
  }
  void add(std::uint16_t kind, std::span<const std::byte> value) {
    writer_.u16(kind);
    writer_.u16(static_cast<std::uint16_t>(value.size()));
    writer_.bytes(value);
    for (std::size_t i = value.size(); i % 4 != 0; ++i) writer_.u8(0);
  }
  template <class Number>
  void add_number(std::uint16_t kind, Number number) {
    std::array<std::byte, sizeof(Number)> value{};
    for (std::size_t i = 0; i < value.size(); ++i)
      value[i] = static_cast<std::byte>(number >> (8 * (value.size() - 1 - i)));
    add(kind, value);
  }
  std::span<const std::byte> finish(const IntegrityKey& key) {
    const std::size_t at = writer_.written().size();
    if (!writer_.ok() || into_.size() - at < integrity_size + fingerprint_size) return {};
    add(message_integrity, mac_of(into_, at, key));
    set_length(at + integrity_size + fingerprint_size);
    add_number(fingerprint, crc32(writer_.written()) ^ fingerprint_mask);
    return writer_.written();
  }

 private:
  void set_length(std::size_t end) {
    base::ByteWriter(into_.subspan(2)).u16(static_cast<std::uint16_t>(end - head_size));
  }
  std::span<std::byte> into_;
  base::ByteWriter writer_;
};

}  // namespace

std::optional<Message> parse(std::span<const std::byte> datagram) {
  base::ByteReader reader(datagram);
  const auto kind = kind_of(reader.u16());
  const std::uint16_t length = reader.u16();
  const std::uint32_t cookie = reader.u32();
  const auto id = reader.take(12);
  if (!reader.ok() || !kind || cookie != magic_cookie || length != reader.left() || length % 4 != 0)
    return std::nullopt;
  Message message;
  message.kind = *kind;
  message.bytes = datagram;
  std::ranges::copy(id, message.id.begin());
  while (reader.left() > 0) {
    const std::size_t at = datagram.size() - reader.left();
    const std::uint16_t type = reader.u16();
    const std::uint16_t size = reader.u16();
    const auto value = reader.take(size);
    reader.take((4 - size % 4) % 4);
    if (!reader.ok()) return std::nullopt;
    if (type == fingerprint) {
      if (reader.left() != 0 || !is_fingerprint_right(datagram.first(at), value))
        return std::nullopt;
    } else if (message.integrity_at != 0) {
      continue;  // not authenticated
    } else if (type == message_integrity) {
      if (size != mac_size) return std::nullopt;
      message.integrity_at = at;
    } else if (!read_attribute(type, value, message)) {
      return std::nullopt;
    }
  }
  return message;
}

bool is_authentic(const Message& message, const IntegrityKey& key) {
  if (message.integrity_at == 0) return false;
  const auto mac = message.bytes.subspan(message.integrity_at + attribute_head, mac_size);
  return equal_in_constant_time(mac, mac_of(message.bytes, message.integrity_at, key));
}

std::string_view receiver_ufrag(const Message& request) {
  const std::size_t colon = request.username.find(':');
  const bool named = request.kind == Kind::request && colon != std::string_view::npos;
  return named ? request.username.substr(0, colon) : std::string_view();
}

std::span<const std::byte> write_success(
    const TransactionId& id, const Path& mapped, const IntegrityKey& key, std::span<std::byte> into
) {
  std::array<std::byte, 20> value{};
  base::ByteWriter address(value);
  address.u8(0);
  address.u8(mapped.v6 ? 2 : 1);
  address.u16(static_cast<std::uint16_t>(mapped.port ^ magic_cookie >> 16));
  std::array<std::byte, 16> ip = mapped.ip;
  const auto used = std::span(ip).first(mapped.ip_size());
  mix(used, id);
  address.bytes(used);
  Writer writer(0x0101, id, into);
  writer.add(xor_mapped_address, address.written());
  return writer.finish(key);
}

std::span<const std::byte> write_error(
    const TransactionId& id, std::uint16_t code, std::uint16_t unknown, const IntegrityKey& key,
    std::span<std::byte> into
) {
  Writer writer(0x0111, id, into);
  writer.add_number(
      error_code, static_cast<std::uint32_t>(std::uint32_t{code} / 100U << 8 | code % 100U)
  );
  if (unknown != 0) writer.add_number(unknown_attributes, unknown);
  return writer.finish(key);
}

std::span<const std::byte> write_request(
    const Request& request, const IntegrityKey& key, std::span<std::byte> into
) {
  Writer writer(0x0001, request.id, into);
  writer.add(username, base::as_bytes(request.username));
  writer.add_number(priority, request.priority);
  writer.add_number(request.controlling ? ice_controlling : ice_controlled, request.tie_breaker);
  if (request.use_candidate) writer.add(use_candidate, {});
  return writer.finish(key);
}

}  // namespace belfry::webrtc::stun
