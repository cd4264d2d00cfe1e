#define _GNU_SOURCE

#include "ReadlineShim.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "LinePainting.h"

#include <readline/history.h>
#include <readline/readline.h>

static plumb_completer completer;
static plumb_lister lister;
static char append_character = ' ';
static int wake_pipe[2] = {-1, -1};
static bool was_interrupted;
static bool has_saved_terminal;
static struct termios saved_terminal;
static int interrupt_character = -1;
static const int abort_key = 'G' & 0x1F;
static int candidate_start, candidate_end;
// The signals that are blocked while a line is read; readline's handlers leave a mask of their own.
static sigset_t wanted_mask;
// What Ctrl-C dropped.
static char *dropped;
// The lines of the statement before the one that is edited, and whether they were taken back into it.
static const char *earlier_lines;
static bool took_earlier_lines;
static const char *first_prompt;
// What is asked for news while no key is pressed.
static plumb_idler idler;
static int quiet_polls;
// The characters of the line that came by bracketed paste.
static int pasted;

const char *plumb_readline_version(void) { return rl_library_version; }

static char *next_candidate(const char *text, int state) {
  static int index;
  (void)text;
  index = state == 0 ? 0 : index + 1;
  return completer(rl_line_buffer, candidate_start, candidate_end, index);
}

static char **complete(const char *text, int start, int end) {
  rl_attempted_completion_over = 1;  // Never file names.
  rl_completion_suppress_append = 0;
  append_character = ' ';
  candidate_start = start;
  candidate_end = end;
  char **matches = rl_completion_matches(text, next_candidate);
  rl_completion_append_character = append_character;
  return matches;
}

// Lists the candidates below the line, as their giver lays them out for the terminal.
static void show_matches(char **matches, int count, int longest) {
  int rows = 24, columns = 80;
  rl_get_screen_size(&rows, &columns);
  const char *text = lister(rl_line_buffer, columns, rows);
  if (!text) {
    plumb_line_go_below();
    rl_display_match_list(matches, count, longest);
    rl_forced_update_display();
    return;
  }
  plumb_line_go_below();
  fprintf(rl_outstream, "\n%s", text);
  rl_on_new_line();
  rl_forced_update_display();
}

// Bytes that were typed before the terminal gave them one by one.
static int typed_ahead;

static void empty_wake_pipe(void) {
  char drained[64];
  while (read(wake_pipe[0], drained, sizeof drained) > 0) {
  }
}

// While a line is edited, Ctrl-C is an ordinary key. As a signal it would overtake what was typed before it, and
// the terminal would drop its buffered input, even after `poll` had promised it to the `read` that then waits.
static void prepare_terminal(int meta) {
  rl_prep_terminal(meta);
  struct termios now;
  if (tcgetattr(STDIN_FILENO, &now) != 0) return;
  interrupt_character = (now.c_lflag & ISIG) != 0 && now.c_cc[VINTR] != _POSIX_VDISABLE ? now.c_cc[VINTR] : -1;
  now.c_cc[VINTR] = _POSIX_VDISABLE;
  tcsetattr(STDIN_FILENO, TCSADRAIN, &now);
  if (ioctl(STDIN_FILENO, FIONREAD, &typed_ahead) != 0) typed_ahead = 0;
}

// Ctrl-C acts as the Enter key on an emptied line, repeated until the line ends. A key sequence or a search in progress is
// aborted first.
static int interrupted_line(void) {
  bool is_first = !was_interrupted;
  was_interrupted = true;
  bool has_begun = RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH | RL_STATE_METANEXT | RL_STATE_MOREINPUT);
  if (is_first && has_begun) return abort_key;
  // After what was typed, which remains to be read.
  rl_point = rl_end;
  (*rl_redisplay_function)();
  if (is_first || !dropped) {
    free(dropped);
    dropped = strdup(rl_line_buffer);
  }
  // A deletion that readline records, so that it can take back all edits of an entry of the history.
  rl_delete_text(0, rl_end);
  rl_point = 0;
  fputs("^C", rl_outstream);
  rl_done = 1;
  return '\n';
}

// Set when the process continues after a stop. With several threads the stop may come after readline has drawn the line again.
static volatile sig_atomic_t was_continued;

static void note_continuation(int signal) {
  (void)signal;
  was_continued = 1;
}

// `poll`, which a signal ends even if it arrived just before: otherwise Ctrl-Z would wait for the next key. It also ends after a
// while, since another thread may have received the signal.
static int poll_until_signal(struct pollfd *ready, nfds_t count) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int result = -1;
  int error = EINTR;
  const struct timespec while_waiting = {.tv_sec = 0, .tv_nsec = 250 * 1000 * 1000};
  if (rl_pending_signal() == 0 && !was_continued) {
    result = ppoll(ready, count, &while_waiting, &before);
    error = errno;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = error;
  return result;
}

// Shows news above the line, once a second.
static void show_news(void) {
  if (!idler || ++quiet_polls < 4) return;
  quiet_polls = 0;
  char *news = idler();
  if (!news) return;
  plumb_line_go_below();
  fprintf(rl_outstream, "\n%s\n", news);
  free(news);
  rl_on_new_line();
  rl_forced_update_display();
}

// Waits for a key or for `plumb_readline_interrupt`.
static int next_byte(FILE *input) {
  fflush(rl_outstream);
  if (was_interrupted) return interrupted_line();
  for (;;) {
    struct pollfd ready[2] = {
        {.fd = fileno(input), .events = POLLIN}, {.fd = wake_pipe[0], .events = POLLIN}};
    int count = poll_until_signal(ready, 2);
    if (count < 0 && errno != EINTR) return EOF;
    int signal = rl_pending_signal();
    if (signal != 0) {
      rl_check_signals();
      pthread_sigmask(SIG_SETMASK, &wanted_mask, NULL);
    }
    if (signal == SIGTSTP || was_continued) {
      was_continued = 0;
      // The terminal shows what was done meanwhile.
      rl_on_new_line();
      rl_forced_update_display();
    }
    if (count == 0) show_news();
    if (count <= 0) continue;
    if (ready[1].revents & POLLIN) {
      empty_wake_pipe();
      return interrupted_line();
    }
    if (ready[0].revents & (POLLIN | POLLHUP | POLLERR)) {
      unsigned char byte;
      ssize_t got = read(fileno(input), &byte, 1);
      if (got == 1) {
        bool is_ahead = typed_ahead > 0;
        if (is_ahead) typed_ahead--;
        // A terminal that collects lines keeps Ctrl-D as a zero.
        if (byte == 0 && is_ahead) byte = 4;
        return byte == interrupt_character ? interrupted_line() : byte;
      }
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      return EOF;
    }
  }
}

// Moves to the same column of the line of the text before (-1) or after (1) the one with the cursor.
static bool move_line(int direction) {
  int start = rl_point;
  while (start > 0 && rl_line_buffer[start - 1] != '\n') start--;
  int lower, upper;
  if (direction < 0) {
    if (start == 0) return false;
    upper = start - 1;
    lower = upper;
    while (lower > 0 && rl_line_buffer[lower - 1] != '\n') lower--;
  } else {
    lower = rl_point;
    while (lower < rl_end && rl_line_buffer[lower] != '\n') lower++;
    if (lower == rl_end) return false;
    lower++;
    upper = lower;
    while (upper < rl_end && rl_line_buffer[upper] != '\n') upper++;
  }
  int column = rl_point - start;
  rl_point = lower + column < upper ? lower + column : upper;
  // Never in the middle of a character.
  while (rl_point > lower && ((unsigned char)rl_line_buffer[rl_point] & 0xC0) == 0x80) rl_point--;
  return true;
}

// The up arrow: a line up in a text of several lines; on a later line of a statement, its earlier lines come back to be
// edited; else the entry of the history before.
static int line_up(int count, int key) {
  if (move_line(-1)) return 0;
  if (earlier_lines && *earlier_lines && !took_earlier_lines) {
    took_earlier_lines = true;
    rl_begin_undo_group();
    rl_point = 0;
    rl_insert_text(earlier_lines);
    rl_insert_text("\n");
    rl_end_undo_group();
    rl_point = rl_point > 0 ? rl_point - 1 : 0;
    rl_set_prompt(first_prompt);
    rl_forced_update_display();
    return 0;
  }
  return rl_get_previous_history(count, key);
}

static int line_down(int count, int key) { return move_line(1) ? 0 : rl_get_next_history(count, key); }

// Inserts what the terminal marks as pasted, and counts its characters.
static int paste(int count, int key) {
  int start = rl_point, length = rl_end;
  int result = rl_bracketed_paste_begin(count, key);
  for (int i = start; i < start + rl_end - length && i < rl_end; i++) {
    if (((unsigned char)rl_line_buffer[i] & 0xC0) != 0x80) pasted++;
  }
  return result;
}

// Where the arrows move through the history, they first move through the lines of the text.
static int bind_arrows(void) {
  static bool is_bound;
  if (is_bound) return 0;
  is_bound = true;
  const char *keys[] = {"\033[A", "\033OA", "\033[B", "\033OB"};
  const char *keymaps[] = {"emacs", "vi-insert", "vi-command"};
  for (int i = 0; i < 12; i++) {
    Keymap map = rl_get_keymap_by_name(keymaps[i / 4]);
    const char *sequence = keys[i % 4];
    rl_command_func_t *bound = map ? rl_function_of_keyseq(sequence, map, NULL) : NULL;
    if (bound == rl_get_previous_history) rl_bind_keyseq_in_map(sequence, line_up, map);
    if (bound == rl_get_next_history) rl_bind_keyseq_in_map(sequence, line_down, map);
    const char *beginning = "\033[200~";
    if (map && rl_function_of_keyseq(beginning, map, NULL) == rl_bracketed_paste_begin) rl_bind_keyseq_in_map(beginning, paste, map);
  }
  return 0;
}

void plumb_readline_start(const char *name, const char *breaks, plumb_completer candidates, plumb_lister list) {
  completer = candidates;
  lister = list;
  rl_completion_display_matches_hook = show_matches;
  rl_variable_bind("show-all-if-ambiguous", "on");  // The first TAB lists; the user's own setting wins.
  rl_completion_query_items = 0;  // Lists are as long as the screen, so nobody needs to be asked.
  rl_sort_completion_matches = 0;  // Values come with the most frequent first.
  if (wake_pipe[0] < 0 && pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK) != 0) {
    wake_pipe[0] = wake_pipe[1] = -1;
  }
  rl_readline_name = name;
  rl_startup_hook = bind_arrows;
  rl_getc_function = next_byte;
  rl_prep_term_function = prepare_terminal;
  rl_attempted_completion_function = complete;
  rl_completer_word_break_characters = strdup(breaks);
  rl_completer_quote_characters = "";
  rl_change_environment = 0;  // A child sees the real size of the terminal.
  history_comment_char = '#';
  history_write_timestamps = 1;  // Lets the file hold entries of several lines.
  using_history();
  plumb_line_open(isatty(STDOUT_FILENO) ? STDOUT_FILENO : STDERR_FILENO);
}

char *plumb_readline(
    const char *prompt, const char *first, const char *earlier, plumb_line_status *status) {
  was_interrupted = false;
  first_prompt = first;
  earlier_lines = earlier;
  took_earlier_lines = false;
  pasted = 0;
  quiet_polls = 0;
  free(dropped);
  dropped = NULL;
  pthread_sigmask(SIG_SETMASK, NULL, &wanted_mask);
  was_continued = 0;
  struct sigaction continuation = {.sa_handler = note_continuation, .sa_flags = SA_RESTART};
  sigaction(SIGCONT, &continuation, NULL);
  empty_wake_pipe();
  has_saved_terminal = tcgetattr(STDIN_FILENO, &saved_terminal) == 0;
  rl_reset_screen_size();  // It may have changed while a query ran.
  plumb_line_begin(!has_saved_terminal || (saved_terminal.c_lflag & ECHO) != 0);
  char *line = readline(earlier && *earlier ? prompt : first);
  plumb_line_end();
  pthread_sigmask(SIG_SETMASK, &wanted_mask, NULL);
  has_saved_terminal = false;
  earlier_lines = NULL;
  if (was_interrupted) {
    free(line);
    *status = PLUMB_LINE_INTERRUPTED;
    char *text = dropped;
    dropped = NULL;
    return text;
  }
  *status = line ? PLUMB_LINE : PLUMB_LINE_END;
  return line;
}

int plumb_readline_pasted(void) { return pasted; }

void plumb_readline_ask_for_news(plumb_idler news) { idler = news; }

bool plumb_readline_took_earlier(void) { return took_earlier_lines; }

void plumb_readline_interrupt(void) {
  if (wake_pipe[1] < 0) return;
  ssize_t written = write(wake_pipe[1], "!", 1);
  (void)written;  // A full pipe already holds an interrupt.
}

void plumb_readline_restore_terminal(void) {
  if (has_saved_terminal) tcsetattr(STDIN_FILENO, TCSADRAIN, &saved_terminal);
}

void plumb_readline_append(char character) { append_character = character; }

void plumb_history_limit(int count) { stifle_history(count); }

void plumb_history_clear(void) { clear_history(); }

bool plumb_history_read(const char *path, plumb_cleaner clean) {
  if (read_history(path) != 0) return false;
  // readline would send the entries of a file that others wrote to the terminal as they are.
  for (int i = 0; i < history_length; i++) {
    HIST_ENTRY *entry = history_get(history_base + i);
    char *cleaned = entry ? clean(entry->line) : NULL;
    if (!cleaned) continue;
    free_history_entry(replace_history_entry(i, cleaned, NULL));
    free(cleaned);
  }
  return true;
}

void plumb_history_add(const char *entry) { add_history(entry); }

bool plumb_history_append_last(const char *path) { return append_history(1, path) == 0; }

bool plumb_history_shorten(const char *path, int entries) { return history_truncate_file(path, entries) == 0; }

int plumb_terminal_rows(int descriptor) {
  struct winsize size;
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_row;
}

bool plumb_signal_is_ignored(int number) {
  struct sigaction current;
  return sigaction(number, NULL, &current) == 0 && current.sa_handler == SIG_IGN;
}

int plumb_terminal_columns(int descriptor) {
  struct winsize size;
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}
