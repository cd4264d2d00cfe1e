#include "ReadlineShim.h"

#include <stdio.h>

#include <readline/readline.h>

const char *plumb_readline_version(void) { return rl_library_version; }
