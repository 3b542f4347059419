#include "http/request_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "http/head_check.hpp"

namespace belfry::http {
namespace {

namespace beast = boost::beast::http;
using base::Result;
using boost::beast::error_code;
using boost::beast::string_view;

/// A chunk's size with its extensions, or the last one's with the trailer.
constexpr std::size_t max_chunk_line = 1024;

std::string_view to_std(string_view text) {
  return {text.data(), text.size()};
}

bool has_control_byte(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
  });
}

/// Beast has one error for another version and for none at all.
int status_of_bad_version(std::string_view text) {
  const std::string_view line = text.substr(0, text.find("\r\n"));
  const std::string_view version = line.substr(line.rfind(' ') + 1);
  const bool is_version = version.size() == 8 && version.starts_with("HTTP/") && version[6] == '.';
  return is_version && std::ranges::count(line, ' ') == 2 ? 505 : 400;
}

/// Beast judges a chunk's line once it is whole, and the last chunk's only together with its
/// trailer. A line that cannot become right is refused at once, so that nobody is waited for.
bool may_become_chunk_line(std::string_view text, bool after_chunk) {
  if (after_chunk) {
    if (!std::string_view("\r\n").starts_with(text.substr(0, 2))) return false;
    text.remove_prefix(std::min<std::size_t>(2, text.size()));
  }
  if (text.size() > max_chunk_line) return false;
  const auto digits = text.find_first_not_of("0123456789abcdefABCDEF");
  if (digits == std::string_view::npos) return true;
  return digits > 0 && std::string_view("\r; \t").contains(text[digits]);
}

/// Beast 1.81 asserts that it never sees the last chunk of an empty body with fewer than five
/// bytes a second time. No message ends sooner than five bytes after a `0`, so it can wait.
bool too_short_for_beast(std::string_view text) {
  return text.starts_with('0') && text.size() < 5;
}

}  // namespace

class RequestReader::Parser : public beast::basic_parser<true> {
 public:
  explicit Parser(const HeadLimits& limits) : limits_(limits) {
    // Beast counts only the bytes that it holds unparsed; the exact limit is ours, below.
    header_limit(static_cast<std::uint32_t>(limits.bytes + 1));
    body_limit(boost::none);  // known only once the head is
  }

  Result<bool> read_head(std::string& buffer) {
    if (buffer.empty()) return false;
    error_code error;
    const std::size_t used = put(boost::asio::const_buffer(buffer.data(), buffer.size()), error);
    if (refusal_) return std::unexpected(*refusal_);
    if (error == beast::error::bad_version)
      return refuse(status_of_bad_version(buffer), "request line has no version 1.x");
    const std::string_view taken = std::string_view(buffer).substr(0, used);
    // Beast joins folded lines without a word.
    if (taken.contains("\r\n ") || taken.contains("\r\n\t"))
      return refuse(400, "header line is folded");
    head_bytes_ += used;
    buffer.erase(0, used);
    const bool unfinished = error == beast::error::need_more || error == beast::error::header_limit;
    if (error && !unfinished) return refuse(400, error.message());
    BELFRY_CHECK(check_size(unfinished ? std::string_view(buffer) : std::string_view()));
    if (unfinished) return false;
    return finish_head();
  }

  Result<bool> read_body(std::string& buffer, std::size_t limit) {
    if (head.content_length.value_or(0) > limit) return refuse(413, "body is too large");
    if (!body_begun_) body_limit(limit);
    body_begun_ = true;
    std::size_t taken = 0;
    while (!is_done()) {
      const Result<std::size_t> used = read_part(std::string_view(buffer).substr(taken));
      if (!used) return std::unexpected(used.error());
      if (*used == 0) break;
      taken += *used;
    }
    buffer.erase(0, taken);
    return is_done();
  }

  Head head;
  std::string body;

 private:
  Result<void> check_size(std::string_view unparsed) const {
    constexpr std::size_t room_for_method_and_version = 64;
    const std::size_t longest_line = limits_.target + room_for_method_and_version;
    if (head.method.empty() && unparsed.size() > longest_line &&
        !unparsed.substr(0, longest_line).contains('\n'))
      return refuse(414, "target is too long");
    if (head_bytes_ + unparsed.size() > limits_.bytes) return refuse(431, "header is too long");
    return {};
  }

  Result<bool> finish_head() {
    head.keep_alive = keep_alive();
    head.chunked = chunked();
    if (const auto length = content_length()) head.content_length = *length;
    BELFRY_CHECK(check_fields(head));
    return true;
  }

  /// One chunk's line, or what is there of one chunk's or of the whole body.
  /// @return 0 when more is needed.
  Result<std::size_t> read_part(std::string_view rest) {
    if (rest.empty()) return 0;
    const bool at_chunk_line = head.chunked && chunk_left_ == 0;
    error_code error = beast::error::need_more;
    std::size_t used = 0;
    if (!at_chunk_line || !too_short_for_beast(rest))
      used = put(boost::asio::const_buffer(rest.data(), rest.size()), error);
    if (refusal_) return std::unexpected(*refusal_);
    if (error == beast::error::body_limit) return refuse(413, "body is too large");
    if (error == beast::error::need_more) {
      if (at_chunk_line && !may_become_chunk_line(rest, after_chunk_))
        return refuse(400, "bad line in a chunked body");
      return 0;
    }
    if (error) return refuse(400, error.message());
    if (at_chunk_line && used > max_chunk_line) return refuse(400, "line of a body is too long");
    return used;
  }

  void stop(base::Error why, error_code& error) {
    refusal_ = std::move(why);
    error = beast::error::bad_field;
  }

  void on_request_impl(
      beast::verb, string_view method, string_view target, int version, error_code& error
  ) override {
    head.method = to_std(method);
    head.target = to_std(target);
    head.minor_version = version % 10;
    if (auto checked = check_request_line(head, limits_); !checked) stop(checked.error(), error);
  }
  void on_field_impl(beast::field, string_view name, string_view value, error_code& error)
      override {
    if (is_header_done()) return;  // a trailer: nobody here asks for one
    if (head.headers.size() == limits_.fields)
      return stop(refuse(431, "too many header fields").error(), error);
    head.headers.add(std::string(to_std(name)), std::string(to_std(value)));
  }
  std::size_t on_body_impl(string_view bytes, error_code&) override {
    body += to_std(bytes);
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t size, string_view extension, error_code& error) override {
    if (has_control_byte(to_std(extension)))
      stop(refuse(400, "chunk extension with a control byte").error(), error);
    chunk_left_ = size;
    after_chunk_ = false;
  }
  std::size_t on_chunk_body_impl(std::uint64_t left, string_view bytes, error_code&) override {
    body += to_std(bytes);
    chunk_left_ = left - bytes.size();
    after_chunk_ = chunk_left_ == 0;
    return bytes.size();
  }
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  void on_finish_impl(error_code&) override {}

  HeadLimits limits_;
  std::size_t head_bytes_ = 0;
  bool body_begun_ = false;
  std::uint64_t chunk_left_ = 0;
  bool after_chunk_ = false;  // the line end that closes a chunk is due
  std::optional<base::Error> refusal_;
};

RequestReader::RequestReader(const HeadLimits& limits)
    : parser_(std::make_unique<Parser>(limits)) {}
RequestReader::RequestReader(RequestReader&&) noexcept = default;
RequestReader& RequestReader::operator=(RequestReader&&) noexcept = default;
RequestReader::~RequestReader() = default;

Result<bool> RequestReader::read_head(std::string& buffer) {
  return parser_->read_head(buffer);
}
const Head& RequestReader::head() const {
  return parser_->head;
}
Result<bool> RequestReader::read_body(std::string& buffer, std::size_t limit) {
  return parser_->read_body(buffer, limit);
}
std::string RequestReader::take_body() {
  return std::move(parser_->body);
}

}  // namespace belfry::http
