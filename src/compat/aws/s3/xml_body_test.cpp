#include "compat/aws/s3/xml_body.hpp"

#include <gtest/gtest.h>

namespace belfry::compat::aws::s3 {
namespace {

base::Result<XmlList> read(std::string_view body) {
  return read_xml_list(body, "Delete", "Object");
}

TEST(S3XmlBody, IsAListOfItemsAndWhatStandsBesideThem) {
  const auto list = read(
      "<?xml version=\"1.0\"?><Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\n"
      "<Object><Key>a &amp; b</Key><ETag>1</ETag></Object><Quiet>true</Quiet>\n"
      "<Object><Key>c</Key></Object></Delete>"
  );
  ASSERT_TRUE(list);
  ASSERT_EQ(list->items.size(), 2u);
  EXPECT_EQ(list->items[0], (XmlList::Item{{"ETag", "1"}, {"Key", "a & b"}}));
  EXPECT_EQ(list->items[1], (XmlList::Item{{"Key", "c"}}));
  EXPECT_EQ(list->others, (XmlList::Item{{"Quiet", "true"}}));
}

TEST(S3XmlBody, RefusesWhatIsNotOneW2) {
  for (const char* wrong :
       {"", "text", "<Delete>", "<Other/>", "<Other></Other>", "<Delete/><Delete/>",
        "<!DOCTYPE Delete [<!ENTITY a 'x'>]><Delete><Object><Key>&a;</Key></Object></Delete>",
        "<!DOCTYPE Delete SYSTEM 'file:///etc/passwd'><Delete/>",
        "<Delete><Object><a><b><c/></b></a></Object></Delete>"})
    EXPECT_FALSE(read(wrong)) << wrong;
  EXPECT_TRUE(read("<Delete/>"));
}

TEST(S3XmlBody, IsBounded) {
  std::string many;
  for (int i = 0; i < 10'001; ++i) many += "<Object/>";
  EXPECT_FALSE(read("<Delete>" + many + "</Delete>"));
  EXPECT_FALSE(read("<Delete>" + std::string(4u << 20, ' ') + "</Delete>"));
}

}  // namespace
}  // namespace belfry::compat::aws::s3
