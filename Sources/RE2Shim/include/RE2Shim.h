// A C interface to RE2: no exception and no C++ type crosses it.
#ifndef PLUMB_RE2_SHIM_H
#define PLUMB_RE2_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled pattern. Safe to use from several threads at once.
typedef struct plumb_regex plumb_regex;

/// The start and length of a match or a group; begin is -1 if the group did not take part.
typedef struct {
  int64_t begin;
  int64_t count;
} plumb_regex_range;

/// Compiles `count` bytes of UTF-8. On failure returns NULL and writes a sentence, ended by NUL,
/// into `error`.
plumb_regex *_Nullable plumb_regex_compile(
    const uint8_t *_Nonnull pattern, size_t count, char *_Nonnull error, size_t error_capacity);
void plumb_regex_free(plumb_regex *_Nonnull regex);

/// How many capturing groups the pattern has, not counting the whole match.
int plumb_regex_group_count(const plumb_regex *_Nonnull regex);

/// Whether the pattern matches in the text at or after `start`.
bool plumb_regex_matches(
    const plumb_regex *_Nonnull regex, const uint8_t *_Nonnull text, size_t count, size_t start);

/// Finds the first match at or after `start`; fills `groups` (the whole match first).
bool plumb_regex_find(
    const plumb_regex *_Nonnull regex, const uint8_t *_Nonnull text, size_t count, size_t start,
    plumb_regex_range *_Nonnull groups, int group_capacity);

#ifdef __cplusplus
}
#endif
#endif
