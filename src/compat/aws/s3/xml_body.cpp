#include "compat/aws/s3/xml_body.hpp"

#include <expat.h>

#include "base/handle.hpp"

namespace belfry::compat::aws::s3 {
namespace {

constexpr std::size_t max_bytes = 4u << 20;
constexpr std::size_t max_items = 10'000;
constexpr std::size_t max_depth = 4;

struct Reader {
  XML_Parser parser;
  std::string_view root;
  std::string_view item;
  XmlList list;
  std::vector<std::string> open;
  std::string text;
  bool refused = false;

  void refuse() {
    refused = true;
    XML_StopParser(parser, XML_FALSE);
  }
  void start(const XML_Char* name) {
    if (open.size() == max_depth || (open.empty() && name != root)) return refuse();
    open.emplace_back(name);
    text.clear();
    if (open.size() != 2 || name != item) return;
    if (list.items.size() == max_items) return refuse();
    list.items.emplace_back();
  }
  void end() {
    // An empty element that was refused ends all the same, though it never began.
    if (refused) return;
    if (open.size() == 3 && open[1] == item) list.items.back()[open[2]] = std::move(text);
    if (open.size() == 2 && open[1] != item) list.others[open[1]] = std::move(text);
    text.clear();
    open.pop_back();
  }
};

Reader& reader(void* user) {
  return *static_cast<Reader*>(user);
}

void install(XML_Parser parser, Reader& target) {
  XML_SetUserData(parser, &target);
  XML_SetElementHandler(
      parser, [](void* user, const XML_Char* name, const XML_Char**) { reader(user).start(name); },
      [](void* user, const XML_Char*) { reader(user).end(); }
  );
  XML_SetCharacterDataHandler(parser, [](void* user, const XML_Char* text, int length) {
    reader(user).text.append(text, static_cast<std::size_t>(length));
  });
  XML_SetStartDoctypeDeclHandler(
      parser, [](void* user, const XML_Char*, const XML_Char*, const XML_Char*,
                 int) { reader(user).refuse(); }
  );
}

}  // namespace

base::Result<XmlList> read_xml_list(
    std::string_view body, std::string_view root, std::string_view item
) {
  const base::Handle<std::remove_pointer_t<XML_Parser>, XML_ParserFree> parser(
      XML_ParserCreate(nullptr)
  );
  Reader target{parser.get(), root, item, {}, {}, {}};
  install(parser.get(), target);
  const bool read = body.size() <= max_bytes &&
                    XML_Parse(parser.get(), body.data(), static_cast<int>(body.size()), XML_TRUE) ==
                        XML_STATUS_OK;
  if (!read || target.refused)
    return base::fail(
        base::Errc::malformed,
        "The XML you provided was not well-formed or did not validate against our published schema"
    );
  return std::move(target.list);
}

}  // namespace belfry::compat::aws::s3
