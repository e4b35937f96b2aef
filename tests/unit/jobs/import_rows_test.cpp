#include "jobs/import_rows.h"

#include <catch2/catch.hpp>

using namespace scrip;
using jobs::ImportRows;

namespace {

std::string text(const ImportRow& row) {
  std::string shown = std::to_string(row.line) + " " + row.code + " " + std::string(name(row.state));
  if (row.user_id) shown += " user=" + *row.user_id;
  if (row.subject) shown += " subject=" + *row.subject;
  if (row.issued_at) shown += " issued=" + format_instant(*row.issued_at);
  if (row.expires_at) shown += " expires=" + format_instant(*row.expires_at);
  if (row.redeemed_at) shown += " redeemed=" + format_instant(*row.redeemed_at);
  return shown;
}

struct Taken {
  std::vector<std::string> rows;
  std::vector<std::string> bad;  // "2 why"
  std::string refused;           // the header
};

// In pieces of so many bytes.
Taken read(std::string_view file, std::size_t piece = std::string::npos) {
  Taken outcome;
  ImportRows rows(3, [&](const jobs::ReadRows& read) {
    CHECK(read.size() <= 3);
    for (const ImportRow& row : read.rows) outcome.rows.push_back(text(row));
    for (const ImportError& error : read.rejected) {
      outcome.bad.push_back(std::to_string(error.line) + " " + error.message);
    }
    return Result<void>();
  });
  Result<void> done;
  for (; done && !file.empty(); file.remove_prefix(std::min(piece, file.size())))
    done = rows.read(file.substr(0, piece));
  if (done) done = rows.finish();
  if (!done) outcome.refused = done.error().message;
  return outcome;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("columns come in any order, and what a row leaves empty is not there") {
  const Taken outcome = read(
      "expires_at,user_id,code,subject\n"
      "2026-12-31T23:59:59+09:00,minji,AB-1,work:12\n"
      ",,AB-2,\n"
      ",jun,AB-3,\n");
  CHECK(outcome.refused.empty());
  CHECK(outcome.bad == Texts{});
  CHECK(outcome.rows == Texts{"2 AB-1 issued user=minji subject=work:12 expires=2026-12-31T14:59:59Z",
                              "3 AB-2 available", "4 AB-3 issued user=jun"});
}

TEST_CASE("line ends, a byte order mark, quotes and blank lines are read however the file is cut") {
  const std::vector<std::string> files{
      "code,user_id\nA,u\nB,\n",
      "code,user_id\r\nA,u\r\nB,\r\n",
      "code,user_id\rA,u\rB,\r",
      "code,user_id\nA,u\nB,",
      "\xEF\xBB\xBF"
      "code,user_id\nA,u\nB,\n",
      "\xEF\xBB\xBF\"code\",\"user_id\"\r\n\"A\",\"u\"\r\nB,\"\"",
      "code , user_id\n A ,\tu\n\"B\" ,\n",
  };
  for (const std::string& file : files) {
    for (const std::size_t piece :
         {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, std::size_t{1'000}}) {
      CAPTURE(file, piece);
      const Taken outcome = read(file, piece);
      CHECK(outcome.refused.empty());
      CHECK(outcome.bad == Texts{});
      CHECK(outcome.rows == Texts{"2 A issued user=u", "3 B available"});
    }
  }
  CHECK(read("code\n\n\nA\n   \n\r\nB\n").rows == Texts{"4 A available", "7 B available"});
}

TEST_CASE("commas and quotes stand in quotes") {
  CHECK(read("code,user_id\nA,\"Kim, \"\"the\"\" Great\"\n").rows == Texts{"2 A issued user=Kim, \"the\" Great"});
}

TEST_CASE("a row of several lines is one row, told by its first line") {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1'000}}) {
    const Taken outcome = read("code,user_id\nA,\"min\nji\"\nB,\"x\r\n\r\ny\"\nC,u\n\"D\nD\",\nE,\n", piece);
    CHECK(outcome.rows == Texts{"7 C issued user=u", "10 E available"});
    CHECK(outcome.bad == Texts{"2 The user_id must be at most 128 bytes without control characters.",
                               "4 The user_id must be at most 128 bytes without control characters.",
                               "8 The code has a control character."});
  }
}

TEST_CASE("a bad row loses no good one") {
  const std::string stray =
      " A quote stands where none may: quotes enclose a whole field, and one inside it is doubled.";
  const std::string open = " A quote is opened and not closed.";
  struct Row {
    std::string name;
    std::string file;
    Texts rows;
    Texts bad;
  };
  const std::vector<Row> table{
      {"too few and too many fields",
       "code,user_id\nA\nB,u,x\nC,u\n",
       {"4 C issued user=u"},
       {"2 The row has 1 fields, the first line has 2.", "3 The row has 3 fields, the first line has 2."}},
      {"a quote in a field", "code\nA\"B\nC\n", {"3 C available"}, {"2" + stray}},
      {"something after a quote", "code\n\"A\"B\nC\n", {"3 C available"}, {"2" + stray}},
      {"a quote that is never closed",
       "code\nA\n\"B\nC\nD\n",
       {"2 A available", "4 C available", "5 D available"},
       {"3" + open}},
      {"a quote that the next row seems to close",
       "code\n\"A\nB\n\"C\"\nD\n",
       {"3 B available", "4 C available", "5 D available"},
       {"2" + stray}},
      {"several that are never closed",
       "code\n\"A\nB\n\"C\nD\nE",
       {"3 B available", "5 D available", "6 E available"},
       {"2" + stray, "4" + open}},
      {"broken UTF-8",
       "code,user_id\nA,\xFF\nB,\xC3\nC,\xED\x95\x9C\n",
       {"4 C issued user=\xED\x95\x9C"},
       {"2 The row is not UTF-8.", "3 The row is not UTF-8."}},
      {"no code",
       "code,user_id\n,u\n\"\",u\n---,u\nA,u\n",
       {"5 A issued user=u"},
       {"2 The code is missing.", "3 The code is missing.", "4 The code '---' is nothing but separators."}},
      {"codes of 64 and 65 characters",
       "code\n" + std::string(64, 'A') + "\n" + std::string(65, 'A') + "\n",
       {"2 " + std::string(64, 'A') + " available"},
       {"3 The code is longer than 64 characters."}},
      {"a row that is far too long",
       "code\n" + std::string(9'000, 'A') + "\nB\n",
       {"3 B available"},
       {"2 The row is longer than 4096 bytes."}},
      {"control characters",
       "code,subject\nA\x01"
       "B,\nC,\n" +
           std::string("D\0,\n", 4),
       {"3 C available"},
       {"2 The code has a control character.", "4 The code has a control character."}},
      {"instants",
       "code,expires_at\nA,tomorrow\nB,2026-12-31T23:59:59\nC,2026-02-30T00:00:00Z\nD,2026-12-31T00:00:00Z\n",
       {"5 D available expires=2026-12-31T00:00:00Z"},
       {"2 The expires_at 'tomorrow' is no instant such as 2026-11-21T10:00:00+09:00.",
        "3 The expires_at '2026-12-31T23:59:59' is no instant such as 2026-11-21T10:00:00+09:00.",
        "4 The expires_at '2026-02-30T00:00:00Z' is no instant such as 2026-11-21T10:00:00+09:00."}},
      {"user ids",
       "code,user_id\nA," + std::string(129, 'u') + "\nB," + std::string(128, 'u') + "\n",
       {"3 B issued user=" + std::string(128, 'u')},
       {"2 The user_id must be at most 128 bytes without control characters."}},
  };
  for (const Row& row : table) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{5}, std::size_t{100'000}}) {
      INFO(row.name << ", " << piece << " bytes at a time");
      const Taken outcome = read(row.file, piece);
      CHECK(outcome.refused.empty());
      CHECK(outcome.rows == row.rows);
      CHECK(outcome.bad == row.bad);
    }
  }
}

TEST_CASE("what an exported file says of a coupon is honoured, and what makes no sense is refused") {
  const std::string header = "code,state,user_id,subject,issued_at,expires_at,redeemed_at\n";
  const std::string one = "2026-01-01T00:00:00Z";
  const std::string two = "2026-02-01T00:00:00Z";
  const Taken outcome =
      read(header + "A,available,,,,,\n" + "B,issued,u,s," + one + "," + two + ",\n" + "C,redeemed,u,," + one + ",," +
           two + "\n" + "D,issued,,s," + one + ",,\n" + "E,,u,,,," + two + "\n" + "F,available,u,,,,\n" +
           "G,available,,,,," + two + "\n" + "H,gone,,,,,\n" + "I,issued,u,,,," + two + "\n" + "J,,,,,," + two + "\n" +
           "K,,,s,,,\n" + "L,expired,u,,,,\n");
  CHECK(outcome.rows == Texts{"2 A available", "3 B issued user=u subject=s issued=" + one + " expires=" + two,
                              "4 C redeemed user=u issued=" + one + " redeemed=" + two,
                              "5 D issued subject=s issued=" + one, "6 E redeemed user=u redeemed=" + two});
  CHECK(outcome.bad == Texts{"7 The coupon is available and has a user_id.",
                             "8 The coupon is available and says when it was given.",
                             "9 The state 'gone' is not available, issued or redeemed.",
                             "10 The coupon is issued and says when it was used.",
                             "11 The coupon was given to somebody; the user_id is missing.",
                             "12 The coupon has a subject, and nobody has it.",
                             "13 The state 'expired' is not available, issued or redeemed."});
}

TEST_CASE("a header that cannot be used is refused by name before anything is taken") {
  const std::vector<std::pair<std::string, std::string>> table{
      {"", "body: is empty"},
      {"\n\n", "body: is empty"},
      {"user_id\nA\n", "code: is a column"},
      {"code,price\nA,1\n", "price: is no column"},
      {"code;user_id\nA;u\n", "code;user_id: is no column"},
      {"Code\nA\n", "Code: is no column"},
      {"code,user_id,code\nA,u,B\n", "code: is named twice"},
      {"code,\nA,\n", ": is no column"},
      {"co\"de\nA\n", "body: has no header"},
      {"\"code\nA\n", "body: has no header"},
      {std::string("\xFF\xFE"
                   "c\0o\0d\0e\0\n\0",
                   12),
       "body: must be text in UTF-8"},
  };
  for (const auto& [file, why] : table) {
    CAPTURE(file);
    const Taken outcome = read(file);
    CHECK(outcome.rows == Texts{});
    CHECK(outcome.bad == Texts{});
    CHECK(outcome.refused.find(why.substr(why.front() == ':' ? 2 : 0)) != std::string::npos);
  }
}

TEST_CASE("memory does not grow with what is read") {
  // A file of one line that never ends, and one whose quote is never closed.
  for (const std::string start : {"code\nA", "code\n\"A\n"}) {
    int bad = 0;
    int good = 0;
    ImportRows rows(1'000, [&](const jobs::ReadRows& read) {
      bad += static_cast<int>(read.rejected.size());
      good += static_cast<int>(read.rows.size());
      return Result<void>();
    });
    CHECK(rows.read(start));
    const std::string piece(65'536, 'A');
    for (int i = 0; i < 200; ++i) CHECK(rows.read(piece));
    CHECK(rows.read("\nB\n"));
    CHECK(rows.finish());
    CHECK(good == 1);
    CHECK(bad >= 1);
  }
}
