#include "admin/simulator.hpp"

#include "admin/audio_file.hpp"
#include "admin/phone_json.hpp"
#include "base/encoding.hpp"
#include "base/ids.hpp"
#include "call/handset.hpp"

namespace belfry::admin {
namespace {

constexpr std::size_t max_phones = 10'000;
constexpr std::size_t max_keys = 256;
constexpr std::size_t max_spoken = 4096;
constexpr std::size_t max_message = 6400;
constexpr std::size_t max_party = 300;
constexpr std::size_t max_media = 10;

/// An error of a phone's as an answer; what is wrong with a value names the member that gave it.
http::Response refusal(
    const http::Request& request, std::string_view member, const base::Error& error
) {
  if (error.code != base::Errc::invalid_argument) return failure(request, error);
  return refuse(request, {{pointer_to({member}), "invalid", error.message}});
}

/// `[{"content_type": "image/png", "base64": "…"}]`; absent is none.
std::vector<call::MessageFile> read_files(BodyReader& reader) {
  std::vector<call::MessageFile> files;
  const base::json::value* media = reader.find("media");
  if (media == nullptr) return files;
  const auto* items = media->if_array();
  if (items == nullptr || items->size() > max_media) {
    reader.complain("media", "type", "media must be a list of at most 10 files");
    return files;
  }
  for (const base::json::value& item : *items) {
    const auto* type = base::json::find_string(item, "content_type");
    const auto* text = base::json::find_string(item, "base64");
    const auto bytes = text == nullptr ? std::nullopt : base::from_base64(*text);
    if (type == nullptr || type->empty() || !bytes) {
      reader.complain("media", "invalid", "each file has a content_type and its bytes in base64");
      return files;
    }
    files.push_back({"", std::string(*type), std::string(base::as_text(*bytes))});
  }
  return files;
}

}  // namespace

void Simulator::add_to(http::Router& router) {
  using OfPhone = http::Response (Simulator::*)(const http::Request&, const std::string&);
  const auto of_phone = [&](std::string_view path, OfPhone handler) {
    router.add(path, http::immediate([this, handler](const http::Request& request) {
                 const auto number = sim::PhoneNetwork::check_number(request.param("number"));
                 if (!number) return problem(request, 422, "invalid", number.error().message);
                 return (this->*handler)(request, *number);
               }));
  };
  router.add("GET /sim/phones", http::immediate([this](const http::Request&) {
               return list_phones();
             }));
  router.add("GET /sim/phones/{number}", http::immediate([this](const http::Request& request) {
               const auto number = sim::PhoneNetwork::check_number(request.param("number"));
               if (!number) return problem(request, 422, "invalid", number.error().message);
               return http::json(200, render_phone(network_, *number));
             }));
  of_phone("PUT /sim/phones/{number}", &Simulator::put_phone);
  of_phone("POST /sim/phones/{number}/answer", &Simulator::answer);
  of_phone("POST /sim/phones/{number}/press", &Simulator::press);
  of_phone("POST /sim/phones/{number}/say", &Simulator::say);
  of_phone("POST /sim/phones/{number}/hang-up", &Simulator::hang_up);
  of_phone("POST /sim/phones/{number}/call", &Simulator::place_call);
  of_phone("POST /sim/phones/{number}/message", &Simulator::send_message);
  of_phone("POST /sim/phones/{number}/token", &Simulator::give_token);
  router.add("GET /sim/messages", http::immediate([this](const http::Request&) {
               return list_messages();
             }));
  router.add("POST /sim/seed", http::immediate([this](const http::Request& request) {
               return seed(request);
             }));
  router.add("DELETE /sim", http::immediate([this](const http::Request&) {
               network_.forget_everything();
               return http::empty(204);
             }));
  router.add("GET /sim/audio/{call_sid}", [this](http::Request request) {
    return give_audio(std::move(request));
  });
}

base::Result<> Simulator::admit(const std::string& number) const {
  if (network_.find(number) == nullptr && network_.phones().size() >= max_phones)
    return base::fail(base::Errc::unavailable, "the simulator has 10,000 phones already");
  return {};
}

http::Response Simulator::put_phone(const http::Request& request, const std::string& number) {
  auto body = read_object(request);
  if (!body) return std::move(body.error());
  const Complaints complaints = check_behaviour(*body);
  if (!complaints.empty()) return refuse(request, complaints);
  auto behaviour = sim::Behaviour::from_json(*body);
  if (!behaviour) return failure(request, behaviour.error());
  if (const auto admitted = admit(number); !admitted) return failure(request, admitted.error());
  sim::Phone& phone = network_.phone(number);
  phone.set_behaviour(std::move(*behaviour));
  return http::json(200, render_phone(phone));
}

http::Response Simulator::act(
    const http::Request& request, const std::string& number, const PhoneAct& act
) {
  sim::Phone* phone = network_.find(number);
  sim::PhoneCall* call = phone == nullptr ? nullptr : phone->current();
  if (call == nullptr)
    return problem(request, 409, "conflict", "the phone neither rings nor is in a call");
  if (const auto done = act(*call); !done) return failure(request, done.error());
  return http::json(200, render_phone(*phone));
}

http::Response Simulator::answer(const http::Request& request, const std::string& number) {
  return act(request, number, [](sim::PhoneCall& call) { return call.answer(); });
}

http::Response Simulator::hang_up(const http::Request& request, const std::string& number) {
  return act(request, number, [](sim::PhoneCall& call) {
    call.hang_up(call::HangupCause::normal);
    return base::Result<>{};
  });
}

http::Response Simulator::press(const http::Request& request, const std::string& number) {
  auto body = read_object(request);
  if (!body) return std::move(body.error());
  BodyReader reader(*body);
  const auto digits = reader.required_text("digits", max_keys);
  if (!digits) return refuse(request, reader.complaints());
  if (digits->find_first_not_of("0123456789ABCD*#wW") != std::string::npos)
    return refuse(request, {{"#/digits", "invalid", "digits must be keys of 0-9 A-D * # w"}});
  return act(request, number, [&](sim::PhoneCall& call) { return call.press(*digits); });
}

http::Response Simulator::say(const http::Request& request, const std::string& number) {
  auto body = read_object(request);
  if (!body) return std::move(body.error());
  BodyReader reader(*body);
  const auto words = reader.required_text("text", max_spoken);
  if (!words) return refuse(request, reader.complaints());
  return act(request, number, [&](sim::PhoneCall& call) { return call.say(*words); });
}

http::Response Simulator::place_call(const http::Request& request, const std::string& number) {
  auto body = read_object(request);
  if (!body) return std::move(body.error());
  BodyReader reader(*body);
  const auto to = reader.required_text("to", max_party);
  if (!to) return refuse(request, reader.complaints());
  if (const auto admitted = admit(number); !admitted) return failure(request, admitted.error());
  if (const auto placed = network_.place_call(number, *to); !placed)
    return refusal(request, "to", placed.error());
  return http::json(201, render_phone(network_, number));
}

http::Response Simulator::send_message(const http::Request& request, const std::string& number) {
  auto body = read_object(request);
  if (!body) return std::move(body.error());
  BodyReader reader(*body);
  const auto to = reader.required_text("to", max_party);
  std::vector<call::MessageFile> files = read_files(reader);
  const auto words = files.empty() ? reader.required_text("body", max_message)
                                   : reader.optional_text("body", max_message);
  if (!reader.complaints().empty()) return refuse(request, reader.complaints());
  const auto receiver = sim::PhoneNetwork::check_number(*to);
  if (!receiver) return refusal(request, "to", receiver.error());
  for (const std::string& party : {number, *receiver}) {
    if (const auto admitted = admit(party); !admitted) return failure(request, admitted.error());
  }
  if (const auto sent =
          network_.send_message({number, *receiver, words.value_or(""), {}}, std::move(files));
      !sent)
    return refusal(request, "body", sent.error());
  return http::json(201, network_.messages().back().to_json());
}

http::Response Simulator::give_token(const http::Request& request, const std::string& number) {
  if (!make_token_)
    return problem(request, 404, "not-found", "Browsers cannot be phones on this server");
  if (const auto admitted = admit(number); !admitted) return failure(request, admitted.error());
  // It appears among the phones, so that whoever holds it sees it.
  (void)network_.phone(number);
  const std::string identity = call::handset_identity(number);
  std::string token = make_token_(identity);
  return http::json(200, base::json::object{{"identity", identity}, {"token", std::move(token)}});
}

http::Response Simulator::list_phones() const {
  base::json::array items;
  for (const sim::Phone* phone : network_.phones()) items.push_back(render_phone(*phone));
  return http::json(200, base::json::object{{"items", std::move(items)}});
}

http::Response Simulator::list_messages() const {
  base::json::array items;
  for (const sim::Message& message : network_.messages()) items.push_back(message.to_json());
  return http::json(200, base::json::object{{"items", std::move(items)}});
}

http::Response Simulator::seed(const http::Request& request) {
  auto body = read_object(request);
  if (!body) return std::move(body.error());
  BodyReader reader(*body);
  const auto seed = reader.optional_integer("seed", 0, std::numeric_limits<std::int64_t>::max());
  if (!reader.has("seed")) reader.complain("seed", "missing", "seed is required");
  if (!reader.complaints().empty()) return refuse(request, reader.complaints());
  network_.set_seed(static_cast<std::uint64_t>(*seed));
  return http::json(200, base::json::object{{"seed", *seed}});
}

base::Task<http::Response> Simulator::give_audio(http::Request request) {
  const std::string sid = request.param("call_sid");
  const std::string path = base::is_sid(sid, "CA") ? network_.heard_file(sid) : std::string();
  if (path.empty())
    co_return problem(request, 404, "not-found", "No phone has heard anything in call " + sid);
  auto file = co_await AudioFile::open(pool_, path);
  // Of a call that has just ended, the file gets its name within the recorder's next round.
  for (int waits = 0; !file && waits < 10; ++waits) {
    co_await base::sleep_for(loop_, std::chrono::milliseconds(100));
    file = co_await AudioFile::open(pool_, path);
  }
  if (!file)
    co_return problem(request, 404, "not-found", "What was heard in call " + sid + " is not there");
  http::Response response = http::empty(200);
  response.headers.add("Content-Type", "audio/wav");
  response.headers.add("Content-Disposition", "inline; filename=\"" + sid + ".wav\"");
  response.stream = std::move(*file);
  co_return response;
}

}  // namespace belfry::admin
