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
static plumb_describer describer;
static char append_character = ' ';
static int wake_pipe[2] = {-1, -1};
static bool was_interrupted;
static bool has_saved_terminal;
static struct termios saved_terminal;
static int interrupt_character = -1;
static const int abort_key = 'G' & 0x1F;
static int candidate_start, candidate_end;

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

// Lists candidates with a description of each, such as a function's signature or a value's count.
static void show_matches(char **matches, int count, int longest) {
  bool any = false;
  for (int i = 1; i <= count && !any; i++) {
    const char *text = describer(matches[i]);
    any = text && *text;
  }
  if (!any && count <= 200) {
    plumb_line_go_below();
    rl_display_match_list(matches, count, longest);
    rl_forced_update_display();
    return;
  }
  plumb_line_go_below();
  int rows = 24, columns = 80;
  rl_get_screen_size(&rows, &columns);
  int most = rows > 6 ? rows - 4 : 2;
  fputc('\n', rl_outstream);
  for (int i = 1; i <= count; i++) {
    if (i > most) {
      fprintf(rl_outstream, "  and %d more\n", count - most);
      break;
    }
    const char *text = describer(matches[i]);
    int width = columns - longest - 5;
    if (text && *text && width > 8) {
      // Descriptions are ASCII or short; a cut in the middle of a character is avoided by its first byte.
      int length = (int)strlen(text);
      if (length > width) length = width;
      while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80) length--;
      fprintf(rl_outstream, "  %-*s  %.*s\n", longest, matches[i], length, text);
    } else {
      fprintf(rl_outstream, "  %s\n", matches[i]);
    }
  }
  rl_on_new_line();
  rl_forced_update_display();
}

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
  rl_replace_line("", 0);
  fputs("^C", rl_outstream);
  rl_done = 1;
  return '\n';
}

// `poll`, which a signal ends even if it arrived just before: otherwise Ctrl-Z would wait for the next key.
static int poll_until_signal(struct pollfd *ready, nfds_t count) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int result = -1;
  int error = EINTR;
  if (rl_pending_signal() == 0) {
    result = ppoll(ready, count, NULL, &before);
    error = errno;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = error;
  return result;
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
    if (signal != 0) rl_check_signals();
    if (signal == SIGTSTP) {
      // The terminal shows what was done meanwhile.
      rl_on_new_line();
      rl_forced_update_display();
    }
    if (count <= 0) continue;
    if (ready[1].revents & POLLIN) {
      empty_wake_pipe();
      return interrupted_line();
    }
    if (ready[0].revents & (POLLIN | POLLHUP | POLLERR)) {
      unsigned char byte;
      ssize_t got = read(fileno(input), &byte, 1);
      if (got == 1) return byte == interrupt_character ? interrupted_line() : byte;
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      return EOF;
    }
  }
}

void plumb_readline_start(const char *name, plumb_completer candidates, plumb_describer descriptions) {
  completer = candidates;
  describer = descriptions;
  rl_completion_display_matches_hook = show_matches;
  rl_completion_query_items = 0;  // Lists are as long as the screen, so nobody needs to be asked.
  rl_sort_completion_matches = 0;  // Values come with the most frequent first.
  if (wake_pipe[0] < 0 && pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK) != 0) {
    wake_pipe[0] = wake_pipe[1] = -1;
  }
  rl_readline_name = name;
  rl_getc_function = next_byte;
  rl_prep_term_function = prepare_terminal;
  rl_attempted_completion_function = complete;
  rl_completer_word_break_characters = " \t\n\"'`@$><=;|&{(,)}[]+*/%!~:";
  rl_completer_quote_characters = "";
  rl_change_environment = 0;  // A child sees the real size of the terminal.
  history_comment_char = '#';
  history_write_timestamps = 1;  // Lets the file hold entries of several lines.
  using_history();
  plumb_line_open(isatty(STDOUT_FILENO) ? STDOUT_FILENO : STDERR_FILENO);
}

char *plumb_readline(const char *prompt, plumb_line_status *status) {
  was_interrupted = false;
  empty_wake_pipe();
  has_saved_terminal = tcgetattr(STDIN_FILENO, &saved_terminal) == 0;
  rl_reset_screen_size();  // It may have changed while a query ran.
  plumb_line_begin(!has_saved_terminal || (saved_terminal.c_lflag & ECHO) != 0);
  char *line = readline(prompt);
  fflush(rl_outstream);
  has_saved_terminal = false;
  if (was_interrupted) {
    free(line);
    *status = PLUMB_LINE_INTERRUPTED;
    return NULL;
  }
  *status = line ? PLUMB_LINE : PLUMB_LINE_END;
  return line;
}

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

bool plumb_history_write(const char *path) { return write_history(path) == 0; }

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
