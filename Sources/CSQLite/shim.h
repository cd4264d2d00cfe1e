#include <sqlite3.h>

// Functions with variable arguments cannot be called from Swift.

/// Leaves the write-ahead log alone when the last connection closes, or no longer.
static inline int plumb_sqlite_keep_log(sqlite3 *connection, int kept) {
  return sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, kept, (int *)0);
}

/// Makes no statement change the schema by way of `PRAGMA writable_schema` and the like.
static inline int plumb_sqlite_defend(sqlite3 *connection) {
  return sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}
