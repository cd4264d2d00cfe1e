// GNU readline behind a C interface that owns readline's globals.
#ifndef PLUMB_READLINE_SHIM_H
#define PLUMB_READLINE_SHIM_H

/// The version of the library in use, as "8.2".
const char *_Nonnull plumb_readline_version(void);

#endif
