#include "MallocShim.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

void plumb_malloc_trim(void) { malloc_trim(0); }

long plumb_resident_bytes(void) {
  // The pages of the address space, then those in memory.
  char text[128];
  int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  if (length <= 0) return 0;
  text[length] = 0;
  char *rest = text;
  strtol(text, &rest, 10);
  return strtol(rest, NULL, 10) * sysconf(_SC_PAGESIZE);
}
