#include "apps/flux/call_request.hpp"

#include "base/text.hpp"

namespace belfry::apps::flux {
namespace {

using base::json::value;

constexpr std::size_t max_title_characters = 500;
constexpr std::size_t max_task_id_bytes = 255;

std::size_t count_characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80;
  }));
}

/// `^\+[1-9]\d{6,14}$`
bool is_e164(std::string_view number) {
  return number.size() >= 8 && number.size() <= 16 && number[0] == '+' && number[1] >= '1' &&
         number[1] <= '9' && std::ranges::all_of(number.substr(1), [](char digit) {
           return digit >= '0' && digit <= '9';
         });
}

bool is_control(char character) {
  const auto byte = static_cast<unsigned char>(character);
  return byte < 0x20 || byte == 0x7f;
}

/// Reads the members of one body and collects what is wrong with them.
class Reader {
 public:
  explicit Reader(const value& body) : body_(body) {}

  std::optional<std::string> text(std::string_view name) {
    const value* member = base::json::find(body_, name);
    if (member == nullptr) {
      complain("missing", name, "Field required", body_);
      return std::nullopt;
    }
    const auto* text = member->if_string();
    if (text == nullptr) {
      complain("string_type", name, "Input should be a valid string", *member);
      return std::nullopt;
    }
    return std::string(text->c_str(), text->size());
  }
  std::optional<std::string> optional_text(std::string_view name) {
    const value* member = base::json::find(body_, name);
    if (member == nullptr || member->is_null()) return std::nullopt;
    return text(name);
  }
  void complain(
      std::string_view type, std::string_view name, std::string_view message, value input
  ) {
    complaints_.push_back(complaint(type, {"body", name}, message, std::move(input)));
  }
  Complaints take() { return std::move(complaints_); }

 private:
  const value& body_;
  Complaints complaints_;
};

void check_title(const std::string& title, Reader& reader) {
  if (base::trim(title).empty()) {
    reader.complain(
        "string_too_short", "task_title", "String should have at least 1 character", value(title)
    );
  } else if (count_characters(title) > max_title_characters) {
    reader.complain(
        "string_too_long", "task_title", "String should have at most 500 characters", value(title)
    );
  }
}

}  // namespace

base::json::object complaint(
    std::string_view type, base::json::array location, std::string_view message, value input
) {
  return {
      {"type", type}, {"loc", std::move(location)}, {"msg", message}, {"input", std::move(input)}
  };
}

std::variant<CallRequest, Complaints> read_call_request(std::string_view body) {
  if (base::trim(body).empty())
    return Complaints{complaint("missing", {"body"}, "Field required", nullptr)};
  const auto document = base::json::parse(body);
  if (!document) {
    return Complaints{
        complaint("json_invalid", {"body"}, document.error().message, base::json::object{})
    };
  }
  if (!document->is_object()) {
    return Complaints{
        complaint("model_attributes_type", {"body"}, "Input should be a valid object", *document)
    };
  }
  Reader reader(*document);
  const auto number = reader.text("phone_number");
  if (number && !is_e164(*number)) {
    reader.complain(
        "value_error", "phone_number",
        "Value error, phone number must be E.164, for example +14155551234", value(*number)
    );
  }
  const auto title = reader.text("task_title");
  if (title) check_title(*title, reader);
  auto task_id = reader.optional_text("task_id");
  if (task_id && task_id->size() > max_task_id_bytes) {
    reader.complain(
        "string_too_long", "task_id", "String should have at most 255 characters", value(*task_id)
    );
  }
  if (task_id && std::ranges::any_of(*task_id, is_control)) {
    reader.complain(
        "value_error", "task_id", "Value error, no control characters", value(*task_id)
    );
  }
  Complaints complaints = reader.take();
  if (!complaints.empty()) return complaints;
  return CallRequest{*number, *title, std::move(task_id)};
}

}  // namespace belfry::apps::flux
