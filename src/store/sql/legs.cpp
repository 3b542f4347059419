#include <array>
#include <boost/json/monotonic_resource.hpp>

#include "store/sql/json_column.hpp"
#include "store/sql/tables.hpp"

namespace belfry::store::sql {
namespace {

using base::json::object;
using base::json::value;
using call::LegRecord;

constexpr std::string_view columns =
    "sid, parent_sid, status, created, \"from\", \"to\", application, rest";

void put_time(object& into, std::string_view key, const std::optional<base::WallTime>& time) {
  if (time) into[key] = base::to_unix_micros(*time);
}

void put_attempt(object& into, const call::Attempt& attempt) {
  into["attempt"] = {
      {"id", attempt.id},
      {"carrier", attempt.carrier},
      {"caller", attempt.caller},
      {"started", base::to_unix_micros(attempt.started)},
      {"state", attempt.state}
  };
}

base::json::array to_json(const call::NamedValues& values, boost::json::storage_ptr memory) {
  base::json::array pairs(std::move(memory));
  for (const auto& [name, text] : values) pairs.push_back({name, text});
  return pairs;
}

void put_terms(object& into, const call::PartyTerms& terms) {
  if (terms.empty()) return;
  into["party_terms"] = {
      {"headers", to_json(terms.headers, into.storage())},
      {"username", terms.username},
      {"password", terms.password},
      {"parameters", to_json(terms.parameters, into.storage())}
  };
}

/// Of most calls nobody asks who has answered.
void put_detection(object& into, const LegRecord& leg) {
  if (!leg.send_digits.empty()) into["send_digits"] = leg.send_digits;
  const call::MachineDetection& rules = leg.machine_detection;
  if (rules.mode == call::MachineDetection::Mode::off) return;
  into["machine_detection"] = {
      {"mode", call::to_string(rules.mode)},
      {"timeout", rules.timeout.count()},
      {"speech_threshold", rules.speech_threshold.count()},
      {"speech_end_threshold", rules.speech_end_threshold.count()},
      {"silence_timeout", rules.silence_timeout.count()},
      {"in_background", rules.in_background},
      {"callback_url", rules.callback_url},
      {"callback_method", rules.callback_method},
      {"answered_by", leg.answered_by},
      {"took", leg.detection_took.count()}
  };
}

/// What no query asks for. Members that were added later are absent in old rows.
object rest_of(const LegRecord& leg, boost::json::storage_ptr memory) {
  object rest(std::move(memory));
  rest["account_sid"] = leg.account_sid;
  rest["direction"] = call::to_string(leg.direction);
  put_time(rest, "answered", leg.answered);
  put_time(rest, "ended", leg.ended);
  put_time(rest, "last_seen", leg.last_seen);
  rest["end_reason"] = leg.end_reason;
  rest["error_code"] = leg.error_code;
  rest["endpoint"] = leg.endpoint;
  rest["program"] = {{"kind", leg.program.kind}, {"parameters", leg.program.parameters}};
  const call::StatusCallback& callback = leg.status_callback;
  rest["callback"] = {
      {"url", callback.url},
      {"method", callback.method},
      {"events", base::json::array(callback.events.begin(), callback.events.end(), rest.storage())},
      {"own_application", callback.own_application}
  };
  rest["ring_timeout"] = leg.ring_timeout.count();
  rest["max_duration"] = leg.max_duration.count();
  if (leg.record) rest["record"] = call::to_json(*leg.record);
  if (leg.recorded)
    rest["recorded"] = {
        {"sid", leg.recorded->sid},
        {"url", leg.recorded->url},
        {"started", base::to_unix_micros(leg.recorded->started)}
    };
  if (leg.attempt) put_attempt(rest, *leg.attempt);
  put_terms(rest, leg.party_terms);
  put_detection(rest, leg);
  rest["next_event"] = leg.next_event;
  rest["next_callback"] = leg.next_callback;
  return rest;
}

std::string text_of(const object& from, std::string_view key) {
  const value* member = from.if_contains(key);
  if (member == nullptr || !member->is_string()) return {};
  return std::string(member->get_string());
}
std::int64_t number_of(const object& from, std::string_view key) {
  const value* member = from.if_contains(key);
  if (member == nullptr) return 0;
  if (member->is_int64()) return member->get_int64();
  return member->is_uint64() ? static_cast<std::int64_t>(member->get_uint64()) : 0;
}
std::optional<base::WallTime> time_of(const object& from, std::string_view key) {
  if (!from.contains(key)) return std::nullopt;
  return base::from_unix_micros(number_of(from, key));
}
bool flag_of(const object& from, std::string_view key) {
  const value* member = from.if_contains(key);
  return member != nullptr && member->is_bool() && member->get_bool();
}
object object_of(const object& from, std::string_view key) {
  const value* member = from.if_contains(key);
  return member != nullptr && member->is_object() ? member->get_object() : object();
}

call::StatusCallback callback_of(const object& json) {
  call::StatusCallback callback;
  callback.url = text_of(json, "url");
  callback.method = text_of(json, "method");
  callback.own_application = flag_of(json, "own_application");
  callback.events.clear();
  if (const value* events = json.if_contains("events"); events != nullptr && events->is_array())
    for (const value& event : events->get_array())
      if (event.is_string()) callback.events.emplace_back(event.get_string());
  return callback;
}

call::NamedValues values_of(const object& from, std::string_view key) {
  call::NamedValues values;
  const value* member = from.if_contains(key);
  if (member == nullptr || !member->is_array()) return values;
  for (const value& pair : member->get_array()) {
    if (!pair.is_array() || pair.get_array().size() != 2) continue;
    const base::json::array& both = pair.get_array();
    if (!both[0].is_string() || !both[1].is_string()) continue;
    values.emplace_back(both[0].get_string(), both[1].get_string());
  }
  return values;
}

call::PartyTerms terms_of(const object& json) {
  return {
      .headers = values_of(json, "headers"),
      .username = text_of(json, "username"),
      .password = text_of(json, "password"),
      .parameters = values_of(json, "parameters")
  };
}

void read_detection(const object& rest, LegRecord& leg) {
  leg.send_digits = text_of(rest, "send_digits");
  if (!rest.contains("machine_detection")) return;
  using std::chrono::milliseconds;
  const object json = object_of(rest, "machine_detection");
  call::MachineDetection& rules = leg.machine_detection;
  rules.mode = call::parse_detection_mode(text_of(json, "mode")).value_or(rules.mode);
  rules.timeout = std::chrono::seconds(number_of(json, "timeout"));
  rules.speech_threshold = milliseconds(number_of(json, "speech_threshold"));
  rules.speech_end_threshold = milliseconds(number_of(json, "speech_end_threshold"));
  rules.silence_timeout = milliseconds(number_of(json, "silence_timeout"));
  rules.in_background = flag_of(json, "in_background");
  rules.callback_url = text_of(json, "callback_url");
  rules.callback_method = text_of(json, "callback_method");
  leg.answered_by = text_of(json, "answered_by");
  leg.detection_took = milliseconds(number_of(json, "took"));
}

call::Attempt attempt_of(const object& json) {
  return {
      .id = text_of(json, "id"),
      .carrier = text_of(json, "carrier"),
      .caller = text_of(json, "caller"),
      .started = base::from_unix_micros(number_of(json, "started")),
      .state = object_of(json, "state")
  };
}

void read_rest(const object& rest, LegRecord& leg) {
  leg.account_sid = text_of(rest, "account_sid");
  const auto direction = call::parse_direction(text_of(rest, "direction"));
  if (!direction) throw RowError{"leg " + leg.sid + " has an unknown direction"};
  leg.direction = *direction;
  leg.answered = time_of(rest, "answered");
  leg.ended = time_of(rest, "ended");
  leg.last_seen = time_of(rest, "last_seen");
  leg.end_reason = text_of(rest, "end_reason");
  leg.error_code = static_cast<int>(number_of(rest, "error_code"));
  leg.endpoint = text_of(rest, "endpoint");
  const object program = object_of(rest, "program");
  leg.program = {.kind = text_of(program, "kind"), .parameters = object_of(program, "parameters")};
  leg.status_callback = callback_of(object_of(rest, "callback"));
  leg.ring_timeout = std::chrono::seconds(number_of(rest, "ring_timeout"));
  leg.max_duration = std::chrono::seconds(number_of(rest, "max_duration"));
  leg.party_terms = terms_of(object_of(rest, "party_terms"));
  if (rest.contains("record")) leg.record = call::read_recording_order(object_of(rest, "record"));
  if (rest.contains("recorded")) {
    const object recorded = object_of(rest, "recorded");
    leg.recorded = {
        text_of(recorded, "sid"), text_of(recorded, "url"),
        base::from_unix_micros(number_of(recorded, "started"))
    };
  }
  if (rest.contains("attempt")) {
    leg.attempt = attempt_of(object_of(rest, "attempt"));
    leg.attempt->leg_sid = leg.sid;
    leg.attempt->terms = leg.party_terms;
  }
  read_detection(rest, leg);
  leg.next_event = static_cast<std::uint64_t>(number_of(rest, "next_event"));
  leg.next_callback = static_cast<std::uint64_t>(number_of(rest, "next_callback"));
}

LegRecord read_leg(const Rows& rows) {
  LegRecord leg;
  leg.sid = rows.string(0);
  leg.parent_sid = rows.string(1);
  const auto status = call::parse_leg_status(rows.text(2));
  if (!status) throw RowError{"leg " + leg.sid + " has an unknown status"};
  leg.status = *status;
  leg.created = rows.time(3);
  leg.from = rows.string(4);
  leg.to = rows.string(5);
  leg.application = rows.string(6);
  read_rest(from_column(rows.text(7)), leg);
  return leg;
}

std::vector<LegRecord> read_legs(Rows rows) {
  std::vector<LegRecord> legs;
  while (rows.next()) legs.push_back(read_leg(rows));
  return legs;
}

}  // namespace

void put_leg(Database& database, const LegRecord& leg) {
  if (call::is_final(leg.status)) count_leg(database, leg);
  // The document lives for this one statement: its many small pieces come from the stack.
  std::array<unsigned char, 4096> place;
  boost::json::monotonic_resource memory(place.data(), place.size());
  database.run(
      // Who, whose and when never change: their indexes are not touched again.
      "INSERT INTO legs (sid, parent_sid, status, live, created, \"from\", \"to\", application, "
      "account_sid, answered, ended, rest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (sid) DO UPDATE SET status = excluded.status, live = excluded.live, "
      "answered = excluded.answered, ended = excluded.ended, rest = excluded.rest",
      leg.sid, leg.parent_sid, call::to_string(leg.status), call::is_final(leg.status) ? 0 : 1,
      leg.created, indexed(leg.from), indexed(leg.to), leg.application, leg.account_sid,
      leg.answered, leg.ended, to_column(rest_of(leg, &memory))
  );
}

std::optional<LegRecord> find_leg(Database& database, std::string_view sid) {
  Rows rows = database.query("SELECT " + std::string(columns) + " FROM legs WHERE sid = ?", sid);
  if (!rows.next()) return std::nullopt;
  return read_leg(rows);
}

std::vector<LegRecord> find_legs(Database& database, const call::LegQuery& query) {
  // A condition that is not asked for stays out, so that the planner finds the index of the others.
  std::string sql = "SELECT " + std::string(columns) + " FROM legs WHERE true";
  std::vector<Argument> arguments;
  const auto require = [&](std::string_view condition, const auto& value) {
    sql.append(" AND ").append(condition);
    arguments.emplace_back(value);
  };
  if (!query.before_sid.empty())
    require(
        "(created, number) < (SELECT created, number FROM legs WHERE sid = ?)", query.before_sid
    );
  const bool upwards = !query.after_sid.empty();
  if (upwards)
    require(
        "(created, number) > (SELECT created, number FROM legs WHERE sid = ?)", query.after_sid
    );
  const auto require_time = [&](std::string_view condition,
                                const std::optional<base::WallTime>& time) {
    if (time) require(condition, *time);
  };
  if (!query.account_sid.empty()) require("account_sid = ?", query.account_sid);
  if (!query.parent_sid.empty()) require("parent_sid = ?", query.parent_sid);
  if (!query.from.empty()) require("\"from\" = ?", query.from);
  if (!query.to.empty()) require("\"to\" = ?", query.to);
  require_time("answered >= ?", query.answered_from);
  require_time("answered < ?", query.answered_before);
  require_time("ended >= ?", query.ended_from);
  require_time("ended < ?", query.ended_before);
  if (query.status) require("status = ?", call::to_string(*query.status));
  if (!query.number.empty())
    require(
        database.dialect() == Dialect::sqlite ? "instr(\"from\" || '\n' || \"to\", ?) > 0"
                                              : "strpos(\"from\" || '\n' || \"to\", ?) > 0",
        query.number
    );
  if (!query.application.empty()) require("application = ?", query.application);
  sql += upwards ? " ORDER BY created, number" : " ORDER BY created DESC, number DESC";
  sql += " LIMIT ? OFFSET ?";
  arguments.emplace_back(row_count(query.limit));
  arguments.emplace_back(row_count(query.skip));
  std::vector<LegRecord> legs = read_legs(database.query_with(sql, arguments));
  if (upwards) std::ranges::reverse(legs);
  return legs;
}

std::vector<LegRecord> unfinished_legs(Database& database) {
  return read_legs(database.query(
      "SELECT " + std::string(columns) + " FROM legs WHERE live = 1 ORDER BY created, number"
  ));
}

std::uint64_t count_legs(Database& database) {
  Rows rows = database.query("SELECT count(*) FROM legs");
  rows.next();
  return static_cast<std::uint64_t>(rows.integer(0));
}

void remove_leg(Database& database, std::string_view sid) {
  database.run("DELETE FROM events WHERE leg_sid = ?", sid);
  // What applications keep of a call goes with it.
  database.run("DELETE FROM documents WHERE key = ?", sid);
  database.run("DELETE FROM legs WHERE sid = ?", sid);
}

std::uint64_t purge_legs(Database& database, base::WallTime created_before, std::size_t limit) {
  std::vector<std::string> old;
  {
    Rows rows = database.query(
        "SELECT sid FROM legs WHERE live = 0 AND created < ? ORDER BY created LIMIT ?",
        created_before, row_count(limit)
    );
    while (rows.next()) old.push_back(rows.string(0));
  }
  for (const std::string& sid : old) remove_leg(database, sid);
  return old.size();
}

}  // namespace belfry::store::sql
