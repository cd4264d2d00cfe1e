#include "MallocShim.h"

#include <malloc.h>

void plumb_malloc_trim(void) { malloc_trim(0); }
