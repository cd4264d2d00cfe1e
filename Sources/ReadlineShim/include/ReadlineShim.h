// A C interface to GNU readline that owns readline's globals.
//
// All functions belong to one thread, except `plumb_readline_interrupt`, which any thread may call.
#ifndef PLUMB_READLINE_SHIM_H
#define PLUMB_READLINE_SHIM_H

#include <stdbool.h>
#include <stdint.h>

/// The version of the library in use, as "8.2".
const char *_Nonnull plumb_readline_version(void);

/// Returns the candidates for the word from `start` to `end` of `line`, one per call with `index` counting
/// from 0, each made by malloc; NULL after the last. The text may be changed only by the terminal.
typedef char *_Nullable (*plumb_completer)(
    const char *_Nonnull line, int start, int end, int index);

/// Returns the list of the last candidates as it is written below `line` on a terminal of this size, with a line feed at
/// its end; NULL to let readline list them. The text is valid until the next call.
typedef const char *_Nullable (*plumb_lister)(const char *_Nonnull line, int columns, int rows);

/// Sets readline up; call once before the first line. `breaks` has the characters that end a word.
void plumb_readline_start(
    const char *_Nonnull name, const char *_Nonnull breaks, plumb_completer _Nonnull completer, plumb_lister _Nonnull lister);

/// Classifies each byte of a line, with a number for `plumb_readline_style`; `kinds` is all 0 before.
typedef void (*plumb_painter)(const char *_Nonnull line, int length, unsigned char *_Nonnull kinds);

/// Colours the line while it is typed: 1 keywords, 2 functions, 3 texts, 4 numbers, 5 comments, 6 mistakes, 7 commands.
void plumb_readline_colours(plumb_painter _Nullable painter);

/// Sets the ANSI code of the pieces of one number, such as `1;35`; before, they are plain.
void plumb_readline_style(int kind, const char *_Nonnull code);

typedef enum {
  PLUMB_LINE = 0,
  /// The input has ended.
  PLUMB_LINE_END = 1,
  /// Ctrl-C or `plumb_readline_interrupt` ended the line: the result is what was dropped.
  PLUMB_LINE_INTERRUPTED = 2,
} plumb_line_status;

/// Reads a line from the terminal; free the result with free().
///
/// After `earlier`, the lines of the statement before this one, the prompt is `prompt`; the up arrow takes them back, to
/// edit the whole statement at the prompt `first`.
char *_Nullable plumb_readline(
    const char *_Nonnull prompt, const char *_Nonnull first, const char *_Nonnull earlier,
    plumb_line_status *_Nonnull status);

/// Whether the line being read, or the last one, begins with the earlier lines of its statement.
bool plumb_readline_took_earlier(void);

/// The characters of the last line that were pasted, as far as the terminal marks them.
int plumb_readline_pasted(void);

/// Returns a text to show above the line, made by malloc; NULL for nothing. Called once a second while no key is pressed.
typedef char *_Nullable (*plumb_idler)(void);

/// Asks for news while a line is read.
void plumb_readline_ask_for_news(plumb_idler _Nullable news);

/// Ends the line that is being read, like Ctrl-C.
void plumb_readline_interrupt(void);

/// Restores the terminal to its state before the line; for a thread that is about to end the process.
void plumb_readline_restore_terminal(void);

/// The character appended to a single candidate, 0 for none; call while candidates are returned.
void plumb_readline_append(char character);

/// Gives a text without what would steer a terminal, made by malloc, or null if it has nothing of the kind.
typedef char *_Nullable (*plumb_cleaner)(const char *_Nullable text);

/// Keeps at most `count` entries.
void plumb_history_limit(int count);
/// Forgets all entries.
void plumb_history_clear(void);
/// Reads entries from a file; false if it does not exist.
bool plumb_history_read(const char *_Nonnull path, plumb_cleaner _Nonnull clean);
void plumb_history_add(const char *_Nonnull entry);
/// Appends the newest entry to a file that exists.
bool plumb_history_append_last(const char *_Nonnull path);
/// Leaves the last entries of a file, whichever process wrote them; a shorter file stays as it is.
bool plumb_history_shorten(const char *_Nonnull path, int entries);

/// Whether the process ignores a signal, as one started by `nohup` does.
bool plumb_signal_is_ignored(int number);

/// Columns of the terminal of a descriptor; 0 if it is not a terminal or does not say.
int plumb_terminal_columns(int descriptor);
/// Lines of the terminal of a descriptor; 0 if it is not a terminal or does not say.
int plumb_terminal_rows(int descriptor);

#endif
