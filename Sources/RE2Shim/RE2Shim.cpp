#include "RE2Shim.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <vector>

struct plumb_regex {
  explicit plumb_regex(re2::StringPiece pattern, const RE2::Options &options)
      : compiled(pattern, options) {}
  RE2 compiled;
};

extern "C" plumb_regex *plumb_regex_compile(
    const uint8_t *pattern, size_t count, char *error, size_t error_capacity) {
  try {
    RE2::Options options;
    options.set_log_errors(false);
    // Classes of Unicode letters need much of it when a pattern repeats them.
    options.set_max_mem(64 << 20);
    auto regex = new plumb_regex(re2::StringPiece(reinterpret_cast<const char *>(pattern), count), options);
    if (regex->compiled.ok()) return regex;
    if (error_capacity > 0) {
      const std::string &message = regex->compiled.error();
      size_t length = std::min(message.size(), error_capacity - 1);
      std::memcpy(error, message.data(), length);
      error[length] = 0;
    }
    delete regex;
    return nullptr;
  } catch (...) {
    if (error_capacity > 0) {
      std::strncpy(error, "the pattern needs too much memory", error_capacity - 1);
      error[error_capacity - 1] = 0;
    }
    return nullptr;
  }
}

extern "C" void plumb_regex_free(plumb_regex *regex) { delete regex; }

extern "C" int plumb_regex_group_count(const plumb_regex *regex) {
  return regex->compiled.NumberOfCapturingGroups();
}

extern "C" bool plumb_regex_matches(
    const plumb_regex *regex, const uint8_t *text, size_t count, size_t start) {
  try {
    re2::StringPiece input(reinterpret_cast<const char *>(text), count);
    return regex->compiled.Match(input, start, count, RE2::UNANCHORED, nullptr, 0);
  } catch (...) {
    return false;
  }
}

extern "C" bool plumb_regex_find(
    const plumb_regex *regex, const uint8_t *text, size_t count, size_t start,
    plumb_regex_range *groups, int group_capacity) {
  try {
    re2::StringPiece input(reinterpret_cast<const char *>(text), count);
    re2::StringPiece inline_pieces[10];
    std::vector<re2::StringPiece> many;
    re2::StringPiece *pieces = inline_pieces;
    if (group_capacity > 10) {
      many.resize(group_capacity);
      pieces = many.data();
    }
    int wanted = std::min(group_capacity, regex->compiled.NumberOfCapturingGroups() + 1);
    if (!regex->compiled.Match(input, start, count, RE2::UNANCHORED, pieces, wanted)) return false;
    for (int i = 0; i < group_capacity; i++) {
      if (i < wanted && pieces[i].data() != nullptr) {
        groups[i].begin = pieces[i].data() - input.data();
        groups[i].count = static_cast<int64_t>(pieces[i].size());
      } else {
        groups[i].begin = -1;
        groups[i].count = 0;
      }
    }
    return true;
  } catch (...) {
    return false;
  }
}
