// The line as shown on the screen, for the parts of the shim.
#ifndef PLUMB_LINE_PAINTING_H
#define PLUMB_LINE_PAINTING_H

#include <stdbool.h>

/// Makes readline write to a descriptor through a buffer that shows each change of the line at once.
void plumb_line_open(int descriptor);

/// Call before each line; nothing is painted if echo is off.
void plumb_line_begin(bool echoes);

/// Call after each line: the next output is below all of it.
void plumb_line_end(void);

/// Moves from the cursor to the last row of the line, so that the next output is below it.
void plumb_line_go_below(void);

#endif
