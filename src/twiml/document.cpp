#include "twiml/document.hpp"

#include "base/text.hpp"

namespace belfry::twiml {
namespace {

using ReadVerb = Verb (*)(const Element&, Findings&);

template <auto Read>
constexpr ReadVerb reading =
    [](const Element& element, Findings& findings) -> Verb { return Read(element, findings); };

Verb read_main_play(const Element& element, Findings& findings) {
  return read_play(element, findings);
}

Verb read_unavailable(const Element& element, Findings&) {
  return Unavailable{element.name};
}

struct Entry {
  std::string_view name;
  ReadVerb read;
};

constexpr Entry table[] = {
    {"Say", reading<read_say>},
    {"Play", read_main_play},
    {"Pause", reading<read_pause>},
    {"Gather", reading<read_gather>},
    {"Record", reading<read_record>},
    {"Dial", reading<read_dial>},
    {"Enqueue", reading<read_enqueue>},
    {"Leave", reading<read_leave>},
    {"Redirect", reading<read_redirect>},
    {"Reject", reading<read_reject>},
    {"Hangup", reading<read_hangup>},
    {"Refer", reading<read_refer>},
    {"Connect", reading<read_connect>},
    {"Start", reading<read_start>},
    {"Stop", reading<read_stop>},
    {"Sms", reading<read_sms>},
    {"Echo", reading<read_echo>},
    {"Queue", reading<dial_of_queue>},
    {"Pay", read_unavailable},
    {"Prompt", read_unavailable},
};

const Entry* find_verb(std::string_view name) {
  for (const Entry& entry : table)
    if (entry.name == name) return &entry;
  return nullptr;
}

std::size_t count_verbs(const Element& response) {
  std::size_t count = 0;
  for (const Element& verb : response.children) {
    if (verb.is_text()) continue;
    ++count;
    if (verb.name != "Gather") continue;
    count += static_cast<std::size_t>(std::count_if(
        verb.children.begin(), verb.children.end(),
        [](const Element& nested) { return !nested.is_text(); }
    ));
  }
  return count;
}

void warn_of_unknown_verb(const Element& element, Findings& findings) {
  std::vector<std::string_view> names;
  for (const Entry& entry : table) names.push_back(entry.name);
  std::string message = "unknown verb <" + std::string(base::truncate_utf8(element.name, 60)) + ">";
  if (const auto near = base::nearest(element.name, names); !near.empty())
    message += ", did you mean <" + std::string(near) + ">?";
  findings.warn(12200, std::move(message));
}

}  // namespace

base::Result<Document> read_document(std::string_view text) {
  BELFRY_TRY(root, read_xml(text));
  if (root.name != "Response")
    return base::fail(
        base::Errc::malformed,
        "the root element is <" + std::string(base::truncate_utf8(root.name, 60)) +
            ">, not <Response>",
        12102
    );
  if (count_verbs(root) > max_verbs)
    return base::fail(base::Errc::malformed, "document has more than 1,000 verbs", 12100);
  Document document;
  Findings findings;
  ElementReader(root, findings).report_unknown_attributes();
  if (!root.own_text().empty()) findings.warn(12200, "text outside of a verb is skipped");
  for (const Element& element : root.children) {
    if (element.is_text()) continue;
    const Entry* entry = find_verb(element.name);
    if (entry == nullptr) {
      warn_of_unknown_verb(element, findings);
      continue;
    }
    document.verbs.push_back(
        {element.name, element.attributes, element.own_text(), entry->read(element, findings)}
    );
  }
  if (findings.error) return base::fail(std::move(*findings.error));
  document.warnings = std::move(findings.warnings);
  return document;
}

Document say_document(std::string text) {
  Say say;
  say.content.name = "Say";
  say.content.children.push_back(Element::piece_of_text(text));
  Document document;
  document.verbs.push_back({"Say", {}, collapse_space(text), std::move(say)});
  return document;
}

}  // namespace belfry::twiml
