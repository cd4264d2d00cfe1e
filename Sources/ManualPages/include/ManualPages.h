#pragma once
#include <stddef.h>

/// A file of `Tests/Golden`, as it was when Plumb was built.
typedef struct {
  /// The path below `Tests/Golden`.
  const char *path;
  const unsigned char *bytes;
  size_t count;
} PlumbManualPage;

/// How many files there are: the index, then the pages in its order.
size_t plumb_manual_page_count(void);

/// The file at `index`, which is less than the count.
PlumbManualPage plumb_manual_page(size_t index);
