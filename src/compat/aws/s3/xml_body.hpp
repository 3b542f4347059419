#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace belfry::compat::aws::s3 {

/// A list as S3's requests have it:
/// `<Root><Item><Name>text</Name>…</Item>…<Flag>text</Flag></Root>`.
struct XmlList {
  using Item = std::map<std::string, std::string, std::less<>>;
  std::vector<Item> items;
  Item others;  // texts beside the items
};

/// Well-formed, of that root, without DOCTYPE and so without entities of its own (rule W2), at most
/// 10,000 items and 4 MiB. Errc::malformed.
base::Result<XmlList> read_xml_list(
    std::string_view body, std::string_view root, std::string_view item
);

}  // namespace belfry::compat::aws::s3
