#include "web/negotiation.h"

#include <catch2/catch.hpp>

using namespace scrip::web;

TEST_CASE("gzip is taken when the header names it, or everything, with a weight above nought") {
  for (const char* header :
       {"gzip", "GZIP", "x-gzip", "br, gzip", "gzip;q=0.001", "gzip ; q=1", "*", "br;q=0,*;q=0.5"}) {
    INFO(header);
    CHECK(accepts_gzip(header));
  }
  for (const char* header :
       {"", "br", "gzipped", "gzip;q=0", "gzip; Q=0.000", "*;q=0", "*, gzip;q=0", "gzip;q=0, *", "identity", ",,;"}) {
    INFO(header);
    CHECK_FALSE(accepts_gzip(header));
  }
}

TEST_CASE("an entity tag is found among those that a client has, weak or not") {
  for (const char* header : {"\"a\"", "W/\"a\"", "\"b\", \"a\"", "*", " \"a\" "}) {
    INFO(header);
    CHECK(names_tag(header, "\"a\""));
  }
  for (const char* header : {"", "a", "\"ab\"", "\"A\"", "W/a"}) {
    INFO(header);
    CHECK_FALSE(names_tag(header, "\"a\""));
  }
}
