#include "base/csv.hpp"

#include <gtest/gtest.h>

namespace belfry::base {
namespace {

TEST(CsvRow, QuotesEveryCell) {
  EXPECT_EQ(
      csv_row({"a", "", "say \"hello\"", "one,\ntwo"}),
      "\"a\",\"\",\"say \"\"hello\"\"\",\"one,\ntwo\"\r\n"
  );
}

TEST(CsvRow, MakesTextOfWhatASpreadsheetWouldCalculate) {  // rule H5
  EXPECT_EQ(
      csv_row({"=1+1", "+1415", "-1", "@a", "\tb", "\rc", "1+1"}),
      "\"'=1+1\",\"'+1415\",\"'-1\",\"'@a\",\"'\tb\",\"'\rc\",\"1+1\"\r\n"
  );
}

}  // namespace
}  // namespace belfry::base
