import Glibc
import PlumbDiagnostics

/// A program that Plumb starts: a pager, an editor, the other end of a pipe, what delivers a message or prints a token.
package struct ChildProcess {
  private let pid: pid_t
  /// Its standard input; -1 if it uses ours.
  package let input: Int32
  /// Its standard output; -1 if it uses ours.
  package let output: Int32

  /// Starts `command` with `sh`.
  ///
  /// - Parameters:
  ///   - isAlone: whether it is in a process group of its own, away from the terminal.
  ///   - more: variables in addition to our environment.
  /// - Throws: `no-program` if it cannot be started.
  package init(
    _ command: String, hasInput: Bool, hasOutput: Bool = false, isAlone: Bool = false, environment more: [String: String] = [:]
  ) throws {
    var toChild: [Int32] = [-1, -1]
    var fromChild: [Int32] = [-1, -1]
    if hasInput, pipe(&toChild) != 0 { throw Self.failure(command, errno) }
    if hasOutput, pipe(&fromChild) != 0 {
      let number = errno
      for end in toChild where end >= 0 { close(end) }
      throw Self.failure(command, number)
    }
    for end in toChild + fromChild where end >= 0 { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    if hasInput { posix_spawn_file_actions_adddup2(&actions, toChild[0], STDIN_FILENO) }
    if hasOutput { posix_spawn_file_actions_adddup2(&actions, fromChild[1], STDOUT_FILENO) }
    // Our threads block the signals that end a process; the child must not.
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigemptyset(&all)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&all, number) }
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | (isAlone ? POSIX_SPAWN_SETPGROUP : 0)))
    var started = pid_t()
    // Of several variables with one name the first counts.
    let variables = more.map { "\($0)=\($1)" } + [String].environment
    let status = ["sh", "-c", command].withCStrings { arguments in
      variables.withCStrings { variables in
        arguments.flatMap { arguments in
          variables.map { posix_spawn(&started, "/bin/sh", &actions, &attributes, arguments, $0) }
        } ?? EINVAL
      }
    }
    if hasInput { close(toChild[0]) }
    if hasOutput { close(fromChild[1]) }
    guard status == 0 else {
      if hasInput { close(toChild[1]) }
      if hasOutput { close(fromChild[0]) }
      throw Self.failure(command, status)
    }
    pid = started
    input = toChild[1]
    output = fromChild[0]
  }

  private static func failure(_ command: String, _ number: Int32) -> Diagnostic {
    Diagnostic("no-program", "cannot start `\(command)`: \(String(cString: strerror(number)))")
  }

  /// Closes its input, waits for it to end and returns its exit status.
  @discardableResult
  package func finish() -> Int32 {
    if input >= 0 { close(input) }
    return exitStatus(0) ?? -1
  }

  /// Its exit status; nil if `WNOHANG` is given and it still runs.
  private func exitStatus(_ options: Int32) -> Int32? {
    var status: Int32 = 0
    var ended = waitpid(pid, &status, options)
    while ended < 0 && errno == EINTR { ended = waitpid(pid, &status, options) }
    if ended == 0 { return nil }
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }
}

extension ChildProcess {
  /// What a command printed, and its exit status; nil for one that was ended.
  package struct Result {
    package let status: Int32?
    package let output: String
  }

  /// How much of a command's output is kept.
  private static let outputLimit = 1 << 20

  /// Runs a command to its end.
  ///
  /// - Parameters:
  ///   - text: its standard input; if nil it uses ours, and the terminal.
  ///   - seconds: the time after which it is ended.
  /// - Throws: `no-program` if it cannot be started.
  package static func run(
    _ command: String, input text: String? = nil, seconds: Int, environment more: [String: String] = [:]
  ) throws -> Result {
    let child = try ChildProcess(command, hasInput: text != nil, hasOutput: true, isAlone: text != nil, environment: more)
    var left = ArraySlice(Array((text ?? "").utf8))
    var input = child.input
    if input >= 0 { _ = fcntl(input, F_SETFL, O_NONBLOCK) }
    var output: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 4_096)
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    var isEnded = false
    while !isEnded, clock.now < end {
      if input >= 0, left.isEmpty {
        close(input)
        input = -1
      }
      var ready = [pollfd(fd: child.output, events: Int16(POLLIN), revents: 0), pollfd(fd: input, events: Int16(POLLOUT), revents: 0)]
      if poll(&ready, 2, 200) <= 0 { continue }
      if ready[1].revents != 0 {
        let count = left.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
        if count > 0 { left = left.dropFirst(count) } else if count < 0, errno != EAGAIN, errno != EINTR { left = [] }
      }
      if ready[0].revents != 0 {
        let count = read(child.output, &block, block.count)
        if count > 0 {
          output += block.prefix(Swift.min(count, outputLimit - output.count))
        } else if count == 0 || errno != EINTR {
          isEnded = true
        }
      }
    }
    if input >= 0 { close(input) }
    close(child.output)
    // A program may close its output long before it ends.
    var status = isEnded ? child.exitStatus(WNOHANG) : nil
    while isEnded, status == nil, clock.now < end {
      usleep(10_000)
      status = child.exitStatus(WNOHANG)
    }
    if status == nil {
      kill(text == nil ? child.pid : -child.pid, SIGKILL)
      _ = child.exitStatus(0)
    }
    return Result(status: status, output: String(decoding: output, as: UTF8.self))
  }
}
