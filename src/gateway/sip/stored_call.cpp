#include "gateway/sip/stored_call.hpp"

namespace belfry::gateway::sip {
namespace {

using base::json::array;
using base::json::object;
using base::json::value;
using belfry::sip::DialogSnapshot;
using belfry::sip::Flow;
using belfry::sip::Transport;

std::string text_in(const object& json, std::string_view key) {
  const value* member = json.if_contains(key);
  const auto* text = member == nullptr ? nullptr : member->if_string();
  return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

std::uint64_t number_in(const object& json, std::string_view key) {
  const value* member = json.if_contains(key);
  if (member == nullptr) return 0;
  if (const auto* number = member->if_uint64()) return *number;
  const auto* number = member->if_int64();
  return number == nullptr || *number < 0 ? 0 : static_cast<std::uint64_t>(*number);
}

bool flag_in(const object& json, std::string_view key) {
  const value* member = json.if_contains(key);
  return member != nullptr && member->is_bool() && member->get_bool();
}

const object& object_in(const object& json, std::string_view key) {
  static const object nothing;
  const value* member = json.if_contains(key);
  const object* found = member == nullptr ? nullptr : member->if_object();
  return found == nullptr ? nothing : *found;
}

const array& array_in(const object& json, std::string_view key) {
  static const array nothing;
  const value* member = json.if_contains(key);
  const array* found = member == nullptr ? nullptr : member->if_array();
  return found == nullptr ? nothing : *found;
}

object flow_to_json(const Flow& flow) {
  object json{
      {"transport", to_string(flow.transport)},
      {"local", flow.local.address},
      {"local_port", flow.local.port},
      {"remote", flow.remote.address},
      {"remote_port", flow.remote.port}
  };
  if (!flow.certified_host.empty()) json["certified_host"] = flow.certified_host;
  return json;
}

/// A stream's connection is not kept: it is gone after a restart, and a new one is opened.
Flow flow_from_json(const object& json) {
  Flow flow;
  const std::string transport = text_in(json, "transport");
  if (transport == "TCP") flow.transport = Transport::tcp;
  if (transport == "TLS") flow.transport = Transport::tls;
  flow.certified_host = text_in(json, "certified_host");
  flow.local = {text_in(json, "local"), static_cast<std::uint16_t>(number_in(json, "local_port"))};
  flow.remote = {
      text_in(json, "remote"), static_cast<std::uint16_t>(number_in(json, "remote_port"))
  };
  return flow;
}

object dialog_to_json(const DialogSnapshot& dialog) {
  array route_set;
  for (const std::string& route : dialog.route_set) route_set.emplace_back(route);
  object json{
      {"call_id", dialog.call_id},
      {"local_tag", dialog.local_tag},
      {"remote_tag", dialog.remote_tag},
      {"local_party", dialog.local_party},
      {"remote_party", dialog.remote_party},
      {"remote_target", dialog.remote_target},
      {"local_contact", dialog.local_contact},
      {"route_set", std::move(route_set)},
      {"local_cseq", dialog.local_cseq}
  };
  if (dialog.remote_cseq) json["remote_cseq"] = *dialog.remote_cseq;
  return json;
}

DialogSnapshot dialog_from_json(const object& json) {
  DialogSnapshot dialog;
  dialog.call_id = text_in(json, "call_id");
  dialog.local_tag = text_in(json, "local_tag");
  dialog.remote_tag = text_in(json, "remote_tag");
  dialog.local_party = text_in(json, "local_party");
  dialog.remote_party = text_in(json, "remote_party");
  dialog.remote_target = text_in(json, "remote_target");
  dialog.local_contact = text_in(json, "local_contact");
  for (const value& route : array_in(json, "route_set"))
    if (const auto* text = route.if_string())
      dialog.route_set.emplace_back(text->data(), text->size());
  dialog.local_cseq = static_cast<std::uint32_t>(number_in(json, "local_cseq"));
  if (json.contains("remote_cseq"))
    dialog.remote_cseq = static_cast<std::uint32_t>(number_in(json, "remote_cseq"));
  return dialog;
}

}  // namespace

object StoredCall::to_json() const {
  object json{{"media_port", media_port}, {"target", target}, {"answered", answered}};
  if (inbound) json["inbound"] = true;
  if (offered) json["offered"] = true;
  array list;
  for (const Invite& invite : invites)
    list.push_back(object{{"flow", flow_to_json(invite.flow)}, {"text", invite.text}});
  if (!list.empty()) json["invites"] = std::move(list);
  if (dialog) {
    json["dialog"] = dialog_to_json(*dialog);
    json["flow"] = flow_to_json(dialog_flow);
  }
  array headers;
  for (const auto& [name, value] : answer_headers) headers.push_back(array{name, value});
  if (!headers.empty()) json["answer_headers"] = std::move(headers);
  return json;
}

StoredCall StoredCall::from_json(const object& json) {
  StoredCall call;
  call.media_port = static_cast<std::uint16_t>(number_in(json, "media_port"));
  call.target = number_in(json, "target");
  call.answered = flag_in(json, "answered");
  call.inbound = flag_in(json, "inbound");
  call.offered = flag_in(json, "offered");
  for (const value& one : array_in(json, "invites")) {
    if (const object* invite = one.if_object())
      call.invites.push_back({flow_from_json(object_in(*invite, "flow")), text_in(*invite, "text")}
      );
  }
  if (json.contains("dialog")) {
    call.dialog = dialog_from_json(object_in(json, "dialog"));
    call.dialog_flow = flow_from_json(object_in(json, "flow"));
  }
  for (const value& one : array_in(json, "answer_headers")) {
    const array* pair = one.if_array();
    if (pair != nullptr && pair->size() == 2 && (*pair)[0].is_string() && (*pair)[1].is_string())
      call.answer_headers.emplace_back((*pair)[0].get_string(), (*pair)[1].get_string());
  }
  return call;
}

}  // namespace belfry::gateway::sip
