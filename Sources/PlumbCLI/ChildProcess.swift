import Glibc
import PlumbDiagnostics

/// A program that the shell starts for the user: a pager, an editor, the other end of a pipe.
struct ChildProcess {
  private let pid: pid_t
  /// The descriptor of its standard input; -1 if it uses the terminal's.
  let input: Int32

  /// Starts `command` with `sh`.
  ///
  /// - Throws: a diagnostic if it cannot be started.
  init(_ command: String, hasInput: Bool) throws {
    var ends: [Int32] = [-1, -1]
    if hasInput {
      if pipe(&ends) != 0 { throw Self.failure(command, errno) }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    if hasInput { posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO) }
    // Our threads block the signals that end a process; the child must not.
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigemptyset(&all)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&all, number) }
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var started = pid_t()
    let status = ["sh", "-c", command].withCStrings { arguments in
      arguments.map { posix_spawn(&started, "/bin/sh", &actions, &attributes, $0, environ) } ?? EINVAL
    }
    if hasInput { close(ends[0]) }
    guard status == 0 else {
      if hasInput { close(ends[1]) }
      throw Self.failure(command, status)
    }
    pid = started
    input = ends[1]
  }

  private static func failure(_ command: String, _ number: Int32) -> Diagnostic {
    Diagnostic("no-program", "cannot start `\(command)`: \(String(cString: strerror(number)))")
  }

  /// Closes its input, waits for it to end and returns its exit status.
  @discardableResult
  func finish() -> Int32 {
    if input >= 0 { close(input) }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }
}
