#include "compat/aws/cbor.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "compat/aws/output.hpp"

namespace belfry::compat::aws {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using base::json::value;

constexpr int max_depth = 32;
constexpr std::size_t max_values = 100'000;

enum Major : unsigned {
  unsigned_number,
  negative_number,
  byte_text,
  text_text,
  list,
  map,
  tag,
  simple
};
constexpr unsigned indefinite = 31;
constexpr unsigned char stop = 0xFF;

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  Result<value> read_all() {
    BELFRY_TRY(whole, read(0));
    if (at_ != bytes_.size()) return fail(Errc::malformed, "bytes follow the CBOR value");
    return whole;
  }

 private:
  struct Head {
    unsigned major = 0;
    unsigned information = 0;
    std::uint64_t argument = 0;
  };

  Result<Head> read_head() {
    if (at_ >= bytes_.size()) return fail(Errc::malformed, "CBOR ends early");
    const unsigned first = static_cast<unsigned char>(bytes_[at_++]);
    Head head{first >> 5U, first & 31U, first & 31U};
    if (head.information < 24 || head.information == indefinite) return head;
    if (head.information > 27) return fail(Errc::malformed, "CBOR with a reserved length");
    const std::size_t size = std::size_t{1} << (head.information - 24);
    if (bytes_.size() - at_ < size) return fail(Errc::malformed, "CBOR ends early");
    head.argument = 0;
    for (std::size_t i = 0; i < size; ++i)
      head.argument = head.argument << 8U | static_cast<unsigned char>(bytes_[at_++]);
    return head;
  }

  Result<std::string> read_text(const Head& head, int depth) {
    if (head.information == indefinite) {
      if (depth > 0) return fail(Errc::malformed, "CBOR text in pieces of pieces");
      std::string whole;
      while (!at_stop()) {
        BELFRY_TRY(piece, read_head());
        if (piece.major != head.major) return fail(Errc::malformed, "CBOR text in mixed pieces");
        BELFRY_TRY(text, read_text(piece, depth + 1));
        whole += text;
      }
      return whole;
    }
    if (bytes_.size() - at_ < head.argument) return fail(Errc::malformed, "CBOR ends early");
    const std::string_view text = bytes_.substr(at_, head.argument);
    at_ += head.argument;
    return std::string(text);
  }

  bool at_stop() {
    if (at_ >= bytes_.size() || static_cast<unsigned char>(bytes_[at_]) != stop) return false;
    ++at_;
    return true;
  }

  /// Whether another item of a list or map follows.
  bool more(const Head& head, std::uint64_t seen) {
    return head.information == indefinite ? !at_stop() : seen < head.argument;
  }

  Result<value> read_list(const Head& head, int depth) {
    base::json::array items;
    for (std::uint64_t seen = 0; more(head, seen); ++seen) {
      BELFRY_TRY(item, read(depth + 1));
      items.push_back(std::move(item));
    }
    return items;
  }

  Result<value> read_map(const Head& head, int depth) {
    base::json::object members;
    for (std::uint64_t seen = 0; more(head, seen); ++seen) {
      BELFRY_TRY(key, read(depth + 1));
      if (!key.is_string()) return fail(Errc::malformed, "a CBOR map with keys that are no texts");
      BELFRY_TRY(member, read(depth + 1));
      if (!members.emplace(key.get_string(), std::move(member)).second)
        return fail(Errc::malformed, "a CBOR map with a key twice");
    }
    return members;
  }

  static double half(std::uint64_t bits) {
    const auto exponent = static_cast<int>(bits >> 10U & 31U);
    const auto fraction = static_cast<double>(bits & 1023U);
    double number =
        exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, exponent - 25);
    if (exponent == 31)
      number = fraction == 0 ? std::numeric_limits<double>::infinity()
                             : std::numeric_limits<double>::quiet_NaN();
    return (bits & 0x8000U) != 0 ? -number : number;
  }

  static Result<value> read_simple(const Head& head) {
    switch (head.information) {
      case 20:
        return value(false);
      case 21:
        return value(true);
      case 22:
      case 23:
        return value(nullptr);
      case 25:
        return value(half(head.argument));
      case 26:
        return value(double{std::bit_cast<float>(static_cast<std::uint32_t>(head.argument))});
      case 27:
        return value(std::bit_cast<double>(head.argument));
      default:
        return fail(Errc::malformed, "a CBOR value of an unknown kind");
    }
  }

  Result<value> read(int depth) {
    if (depth > max_depth || ++values_ > max_values)
      return fail(Errc::too_large, "CBOR that is too deep or has too many values");
    BELFRY_TRY(head, read_head());
    const bool open = head.information == indefinite;
    if (open && (head.major < byte_text || head.major > map))
      return fail(Errc::malformed, "CBOR with a length where none can be");
    switch (head.major) {
      case unsigned_number:
        return value(head.argument);
      case negative_number:
        if (head.argument > std::uint64_t{std::numeric_limits<std::int64_t>::max()})
          return fail(Errc::malformed, "a CBOR number out of range");
        return value(-1 - static_cast<std::int64_t>(head.argument));
      case byte_text: {
        BELFRY_TRY(bytes, read_text(head, 0));
        return value(base::to_base64(base::as_bytes(bytes)));
      }
      case text_text: {
        BELFRY_TRY(text, read_text(head, 0));
        if (!base::is_valid_utf8(text)) return fail(Errc::malformed, "CBOR text is not UTF-8");
        return value(text);
      }
      case list:
        return read_list(head, depth);
      case map:
        return read_map(head, depth);
      case tag:
        return read(depth + 1);
      default:
        return read_simple(head);
    }
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
};

class Writer {
 public:
  void write(const value& item) {
    if (const std::int64_t* micros = time_in(item)) {
      head(tag, 1);
      return write_double(static_cast<double>(*micros) / 1e6);
    }
    if (const value* entries = map_in(item)) return write(*entries);
    switch (item.kind()) {
      case boost::json::kind::null:
        return byte(0xF6);
      case boost::json::kind::bool_:
        return byte(item.get_bool() ? 0xF5 : 0xF4);
      case boost::json::kind::int64:
        return write_integer(item.get_int64());
      case boost::json::kind::uint64:
        return head(unsigned_number, item.get_uint64());
      case boost::json::kind::double_:
        return write_double(item.get_double());
      case boost::json::kind::string:
        return write_text(item.get_string());
      case boost::json::kind::array:
        head(list, item.get_array().size());
        for (const value& each : item.get_array()) write(each);
        return;
      case boost::json::kind::object:
        head(map, item.get_object().size());
        for (const auto& member : item.get_object()) {
          write_text(member.key());
          write(member.value());
        }
        return;
    }
  }
  std::string take() { return std::move(out_); }

 private:
  void byte(unsigned value) { out_ += static_cast<char>(value); }
  void big_endian(std::uint64_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) byte(static_cast<unsigned>(value >> (8 * i)) & 0xFFU);
  }
  void head(unsigned major, std::uint64_t argument) {
    if (argument < 24) return byte(major << 5U | static_cast<unsigned>(argument));
    const int power = argument < 256 ? 0 : argument < 65'536 ? 1 : argument >> 32U == 0 ? 2 : 3;
    byte(major << 5U | static_cast<unsigned>(24 + power));
    big_endian(argument, 1 << power);
  }
  void write_integer(std::int64_t number) {
    if (number >= 0) return head(unsigned_number, static_cast<std::uint64_t>(number));
    head(negative_number, static_cast<std::uint64_t>(-1 - number));
  }
  void write_double(double number) {
    byte(0xFB);
    big_endian(std::bit_cast<std::uint64_t>(number), 8);
  }
  void write_text(std::string_view text) {
    head(text_text, text.size());
    out_ += text;
  }

  std::string out_;
};

}  // namespace

Result<value> parse_cbor(std::string_view bytes) {
  return Reader(bytes).read_all();
}

std::string to_cbor(const value& item) {
  Writer writer;
  writer.write(item);
  return writer.take();
}

}  // namespace belfry::compat::aws
