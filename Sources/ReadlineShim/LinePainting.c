// Colours for the line that is being typed.
//
// GNU readline does not support colours: it compares the text it wants with the text it has shown and writes the
// difference. It does so here too. Then each visible character is written once more, in its colour and in the
// position where readline has put it, and the cursor returns; both reach the terminal as one piece, so that
// nothing flickers. If the position of a character is not certain, the text stays as readline wrote it.
#define _GNU_SOURCE

#include "LinePainting.h"
#include "ReadlineShim.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include <readline/readline.h>

// MARK: Output in whole pieces

static int output_descriptor = STDOUT_FILENO;
static char *held;
static size_t held_count, held_room;
static bool is_holding;

static void write_all(const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(output_descriptor, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes += written;
    count -= (size_t)written;
  }
}

static void release(void) {
  is_holding = false;
  write_all(held, held_count);
  held_count = 0;
}

// Replaces characters that steer a terminal or cannot be seen, in place. readline draws those of ASCII as `^X` itself; the others
// it would send as they are, such as U+009B, which begins control sequences, and what makes text run backwards.
static void make_visible(unsigned char *bytes, size_t count) {
  for (size_t i = 0; i + 1 < count; i++) {
    if (bytes[i] == 0xC2 && bytes[i + 1] >= 0x80 && bytes[i + 1] <= 0x9F) {
      bytes[i + 1] = 0xBF;
    } else if (i + 2 < count && bytes[i] == 0xE2) {
      unsigned last = bytes[i + 2];
      bool is_hidden = bytes[i + 1] == 0x80 && (last == 0x8B || last == 0x8E || last == 0x8F || (last >= 0xA8 && last <= 0xAE));
      if (is_hidden || (bytes[i + 1] == 0x81 && last >= 0xA0 && last <= 0xA9)) memcpy(bytes + i, "\xEF\xBF\xBD", 3);
    }
  }
}

static ssize_t take_output(void *cookie, const char *bytes, size_t count) {
  (void)cookie;
  if (is_holding && held_count + count > held_room) {
    size_t room = (held_count + count) * 2;
    char *larger = realloc(held, room);
    if (larger) {
      held = larger;
      held_room = room;
    } else {
      release();
    }
  }
  if (is_holding) {
    memcpy(held + held_count, bytes, count);
    make_visible((unsigned char *)held + held_count, count);
    held_count += count;
  } else {
    char *copy = malloc(count);
    if (copy) {
      memcpy(copy, bytes, count);
      make_visible((unsigned char *)copy, count);
    }
    write_all(copy ? copy : bytes, count);
    free(copy);
  }
  return (ssize_t)count;
}

// MARK: The position of each byte

typedef struct {
  int row, column;
} place;

static place *places;
static int places_room;
static bool has_echo = true;

static bool is_on(const char *variable) {
  const char *value = rl_variable_value(variable);
  return value && strcmp(value, "on") == 0;
}

/// Columns of one character, and its bytes in `length`; -1 for one that terminals disagree about.
static int width_of(const char *text, int rest, int *length) {
  unsigned char first = (unsigned char)*text;
  *length = 1;
  if (first < 0x80) return first >= 0x20 && first != 0x7F ? 1 : -1;
  if (MB_CUR_MAX == 1) return -1;
  mbstate_t state;
  memset(&state, 0, sizeof state);
  wchar_t character;
  size_t bytes = mbrtowc(&character, text, (size_t)rest, &state);
  if (bytes == 0 || bytes > (size_t)rest) return -1;
  *length = (int)bytes;
  // Joiners, selectors, flags and skin tones make one picture of several characters on some terminals.
  if (character == 0x200D || (character >= 0xFE00 && character <= 0xFE0F)) return -1;
  if (character >= 0x1F1E6 && character <= 0x1F1FF) return -1;
  if (character >= 0x1F3FB && character <= 0x1F3FF) return -1;
  return wcwidth(character);
}

/// Columns of a text without the parts between \001 and \002; -1 if that is not certain.
static int visible_width(const char *text) {
  int width = 0, length = 1;
  bool is_hidden = false;
  for (int i = 0, count = text ? (int)strlen(text) : 0; i < count; i += length) {
    length = 1;
    if (text[i] == '\001' || text[i] == '\002') {
      is_hidden = text[i] == '\001';
    } else if (!is_hidden) {
      int columns = width_of(text + i, count - i, &length);
      if (columns < 0) return -1;
      width += columns;
    }
  }
  return width;
}

/// The mark before the prompt that shows the editing mode.
static const char *mode_sign(void) {
  if (!is_on("show-mode-in-prompt")) return "";
  if (rl_editing_mode == 1) return rl_variable_value("emacs-mode-string");
  return rl_variable_value(rl_get_keymap() == vi_insertion_keymap ? "vi-ins-mode-string" : "vi-cmd-mode-string");
}

/// Fills `places` with the position of each byte, and of the end, on readline's screen; false if that is not certain.
static bool lay_out(int columns) {
  if (rl_display_prompt != rl_prompt || is_on("horizontal-scroll-mode") || is_on("mark-modified-lines")) return false;
  int prompt = visible_width(rl_prompt), mode = visible_width(mode_sign());
  if (prompt < 0 || mode < 0 || columns < 2 || prompt + mode >= columns) return false;
  if (rl_end + 1 > places_room) {
    int room = (rl_end + 1) * 2;
    place *larger = realloc(places, (size_t)room * sizeof *places);
    if (!larger) return false;
    places = larger;
    places_room = room;
  }
  place now = {0, prompt + mode};
  int length = 1;
  bool has_break = false, has_mark = false;
  for (int i = 0; i < rl_end; i += length) {
    const char *text = rl_line_buffer + i;
    length = 1;
    int width = 0;
    if (*text == '\t') {
      // Tabs that do not fit continue in the next row.
      places[i] = now;
      now.column += 8 - now.column % 8;
      if (now.column >= columns) {
        now.row++;
        now.column -= columns;
      }
      continue;
    }
    if (*text == '\n') {
      has_break = true;
      places[i] = now;
      now.row++;
      now.column = 0;
      continue;
    }
    width = width_of(text, rl_end - i, &length);
    if (width < 0 || (width == 0 && i == 0)) return false;
    has_mark = has_mark || width == 0;
    if (now.column + width > columns) {
      now.row++;
      now.column = 0;
    }
    for (int k = 0; k < length; k++) places[i + k] = now;
    now.column += width;
    if (now.column >= columns) {
      now.row++;
      now.column = 0;
    }
  }
  places[rl_end] = now;
  // In a text of several lines readline does not place combining marks where terminals do.
  return !(has_break && has_mark);
}

// MARK: Painting

static plumb_painter painter;
static unsigned char *kinds;
static int kinds_room;

enum { kind_count = 16 };
static char styles[kind_count][24];

void plumb_readline_style(int kind, const char *code) {
  if (kind > 0 && kind < kind_count) snprintf(styles[kind], sizeof styles[kind], "%s", code);
}

static void move_rows(int count) {
  if (count < 0) fprintf(rl_outstream, "\033[%dA", -count);
  if (count > 0) fprintf(rl_outstream, "\033[%dB", count);
}

static void move_to(place from, place to) {
  fputc('\r', rl_outstream);
  move_rows(to.row - from.row);
  if (to.column > 0) fprintf(rl_outstream, "\033[%dC", to.column);
}

static void paint(int rows, int columns) {
  if (!painter || !has_echo || rl_end == 0 || rl_mark_active_p() || !lay_out(columns)) return;
  // Text larger than the screen has scrolled.
  if (places[rl_end].row >= rows || rl_end + 80 >= rows * columns) return;
  if (rl_end > kinds_room) {
    unsigned char *larger = realloc(kinds, (size_t)rl_end * 2);
    if (!larger) return;
    kinds = larger;
    kinds_room = rl_end * 2;
  }
  memset(kinds, 0, (size_t)rl_end);
  painter(rl_line_buffer, rl_end, kinds);

  place cursor = places[rl_point < rl_end ? rl_point : rl_end], at = cursor;
  bool is_lost = true;  // Whether the terminal's cursor is not exactly at `at`, but in its row.
  int style = 0, length = 1;
  for (int i = 0; i < rl_end; i += length) {
    const char *text = rl_line_buffer + i;
    length = 1;
    if (*text == '\t' || *text == '\n') continue;
    int width = width_of(text, rl_end - i, &length);
    // Combining marks belong to the preceding character.
    if (width == 0 && (i == 0 || text[-1] == '\t' || text[-1] == '\n')) continue;
    if (width > 0 && (is_lost || places[i].row != at.row || places[i].column != at.column)) {
      move_to(at, places[i]);
      at = places[i];
      is_lost = false;
    }
    int wanted = kinds[i] < kind_count && *styles[kinds[i]] ? kinds[i] : 0;
    if (*text == ' ') wanted = style;
    if (wanted != style) {
      fprintf(rl_outstream, "\033[0%s%sm", wanted ? ";" : "", styles[wanted]);
      style = wanted;
    }
    fwrite(text, 1, (size_t)length, rl_outstream);
    at.column += width;
    // After the last column the cursor waits in its row.
    if (at.column >= columns) is_lost = true;
  }
  if (style) fputs("\033[0m", rl_outstream);
  move_to(at, cursor);
}

// MARK: Texts taller than the screen

// readline draws such a text from its first row on and moves through it as if the screen had all its rows, so that its last line
// appears over another one. Here the screen shows the rows around the cursor instead, drawn whole each time.
static bool is_tall;
// The first row of the text that is on the screen, the last one, and the cursor's.
static int first_row, last_row, cursor_row;

static void begin_style(int wanted) { fprintf(rl_outstream, "\033[0%s%sm", wanted ? ";" : "", styles[wanted]); }

static int style_of(int at) { return painter && kinds && kinds[at] < kind_count && *styles[kinds[at]] ? kinds[at] : 0; }

/// Draws the rows that fit; the text is laid out.
static void draw_tall(int rows, int columns) {
  (void)columns;
  if (!is_tall) {
    // What was on the screen goes to the lines above it, and readline has nothing there.
    fputs("\033[999B\r", rl_outstream);
    for (int i = 0; i < rows; i++) fputs("\r\n", rl_outstream);
    rl_on_new_line();
    first_row = 0;
  }
  is_tall = true;
  if (painter && rl_end > kinds_room) {
    unsigned char *larger = realloc(kinds, (size_t)rl_end * 2);
    if (larger) {
      kinds = larger;
      kinds_room = rl_end * 2;
    }
  }
  bool has_kinds = painter && kinds && rl_end <= kinds_room;
  if (has_kinds) {
    memset(kinds, 0, (size_t)rl_end);
    painter(rl_line_buffer, rl_end, kinds);
  }

  place point = places[rl_point < rl_end ? rl_point : rl_end];
  int end = places[rl_end].row;
  if (first_row > end - rows + 1) first_row = end - rows + 1;
  if (point.row < first_row) first_row = point.row;
  if (point.row >= first_row + rows) first_row = point.row - rows + 1;
  last_row = first_row + rows - 1;
  cursor_row = point.row;

  fputs("\033[H\033[2K", rl_outstream);
  place at = {first_row, 0};
  if (first_row == 0) {
    fputs(mode_sign(), rl_outstream);
    for (const char *text = rl_prompt; text && *text; text++) {
      if (*text != '\001' && *text != '\002') fputc(*text, rl_outstream);
    }
    at.column = visible_width(rl_prompt) + visible_width(mode_sign());
  }
  int style = 0, length = 1;
  for (int i = 0; i < rl_end && places[i].row <= last_row; i += length) {
    const char *text = rl_line_buffer + i;
    length = 1;
    int width = *text == '\t' || *text == '\n' ? 0 : width_of(text, rl_end - i, &length);
    if (places[i].row < first_row || *text == '\t' || *text == '\n') continue;
    while (at.row < places[i].row) {
      fputs("\r\n\033[2K", rl_outstream);
      at.row++;
      at.column = 0;
    }
    if (at.column != places[i].column) {
      fprintf(rl_outstream, "\033[%dG", places[i].column + 1);
      at.column = places[i].column;
    }
    int wanted = !has_kinds || *text == ' ' ? style : style_of(i);
    if (wanted != style) begin_style(wanted);
    style = wanted;
    fwrite(text, 1, (size_t)length, rl_outstream);
    at.column += width;
  }
  if (style) begin_style(0);
  while (at.row < last_row) {
    fputs("\r\n\033[2K", rl_outstream);
    at.row++;
  }
  fprintf(rl_outstream, "\033[%d;%dH", point.row - first_row + 1, point.column + 1);
}

/// Whether the terminal can put its cursor anywhere.
static bool is_addressable(void) {
  const char *name = rl_terminal_name ? rl_terminal_name : getenv("TERM");
  return name && strcmp(name, "dumb") != 0;
}

static int shown_columns;

// readline divides by the width less what a line needs, and by the number of rows: on a smaller terminal it draws as if the
// terminal had this size.
static const int fewest_rows = 2, fewest_columns = 12;

static void redisplay(void) {
  int rows = 24, columns = 80;
  rl_get_screen_size(&rows, &columns);
  if (rows < fewest_rows || columns < fewest_columns) {
    if (rows < fewest_rows) rows = fewest_rows;
    if (columns < fewest_columns) columns = fewest_columns;
    rl_set_screen_size(rows, columns);
  }
  is_holding = true;
  bool is_certain = has_echo && lay_out(columns);
  if (is_certain && places[rl_end].row >= rows && is_addressable()) {
    draw_tall(rows, columns);
    shown_columns = columns;
    fflush(rl_outstream);
    release();
    return;
  }
  if (is_tall) {
    // It fits again: readline draws it on an empty screen.
    fputs("\033[H\033[J", rl_outstream);
    rl_on_new_line();
    is_tall = false;
  } else if (is_certain && shown_columns && shown_columns != columns) {
    // The terminal has rewrapped the line; readline starts over where the cursor is.
    int point = rl_point < rl_end ? rl_point : rl_end;
    if (places[point].row < rows) {
      fputc('\r', rl_outstream);
      move_rows(-places[point].row);
      fputs("\033[J", rl_outstream);
    }
  }
  shown_columns = columns;
  rl_redisplay();
  paint(rows, columns);
  fflush(rl_outstream);
  release();
}

void plumb_line_open(int descriptor) {
  output_descriptor = descriptor;
  cookie_io_functions_t functions = {.write = take_output};
  FILE *stream = fopencookie(NULL, "w", functions);
  if (stream) {
    setvbuf(stream, NULL, _IOFBF, 1 << 14);
    rl_outstream = stream;
  } else if (descriptor == STDERR_FILENO) {
    rl_outstream = stderr;
  }
  // Initialise terminal capabilities first: readline does not query them if another redisplay function is set.
  rl_initialize();
  rl_redisplay_function = redisplay;
}

void plumb_line_begin(bool echoes) {
  has_echo = echoes;
  shown_columns = 0;
  is_tall = false;
}

void plumb_line_end(void) {
  // readline has drawn nothing and so does not leave the row of the cursor, below which the rest of the text can be.
  for (int i = cursor_row; is_tall && i <= last_row; i++) fputs("\r\n", rl_outstream);
  is_tall = false;
  fflush(rl_outstream);
}

void plumb_line_go_below(void) {
  int rows = 24, columns = 80;
  rl_get_screen_size(&rows, &columns);
  if (is_tall) return move_rows(last_row - cursor_row);
  if (!has_echo || !lay_out(columns)) return;
  place cursor = places[rl_point < rl_end ? rl_point : rl_end];
  move_rows(places[rl_end].row - cursor.row);
}

void plumb_readline_colours(plumb_painter chosen) { painter = chosen; }
