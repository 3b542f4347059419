#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace belfry::base {

/// Reads big-endian fields from untrusted bytes. Reading past the end gives 0 and makes `ok()`
/// false for good, so a parser checks once (rule M5: lengths are compared by subtraction).
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u24() { return static_cast<std::uint32_t>(number(3)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  std::span<const std::byte> take(std::size_t count) {
    if (count > bytes_.size()) {
      ok_ = false;
      bytes_ = {};
      return {};
    }
    const auto front = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return front;
  }
  std::span<const std::byte> rest() const { return bytes_; }
  std::size_t left() const { return bytes_.size(); }
  bool ok() const { return ok_; }

 private:
  std::uint64_t number(std::size_t count) {
    std::uint64_t value = 0;
    for (const std::byte byte : take(count))
      value = value << 8 | std::to_integer<std::uint64_t>(byte);
    return value;
  }

  std::span<const std::byte> bytes_;
  bool ok_ = true;
};

/// Writes big-endian fields into a given buffer; beyond its end nothing is written and `ok()` is
/// false.
class ByteWriter {
 public:
  explicit ByteWriter(std::span<std::byte> buffer) : buffer_(buffer) {}
  void u8(std::uint8_t value) { number(value, 1); }
  void u16(std::uint16_t value) { number(value, 2); }
  void u24(std::uint32_t value) { number(value, 3); }
  void u32(std::uint32_t value) { number(value, 4); }
  void u64(std::uint64_t value) { number(value, 8); }
  void bytes(std::span<const std::byte> from) {
    if (from.size() > buffer_.size() - used_) {
      ok_ = false;
      return;
    }
    for (const std::byte byte : from) buffer_[used_++] = byte;
  }
  std::span<const std::byte> written() const { return buffer_.first(used_); }
  bool ok() const { return ok_; }

 private:
  void number(std::uint64_t value, std::size_t count) {
    if (count > buffer_.size() - used_) {
      ok_ = false;
      return;
    }
    for (std::size_t i = count; i > 0; --i)
      buffer_[used_++] = static_cast<std::byte>(value >> (8 * (i - 1)) & 0xFF);
  }

  std::span<std::byte> buffer_;
  std::size_t used_ = 0;
  bool ok_ = true;
};

}  // namespace belfry::base
