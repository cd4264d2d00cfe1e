import Glibc

/// Programs that deliver messages.
enum Program {
  /// Runs a program with `input` on its standard input.
  ///
  /// - Returns: its exit status, 127 if it cannot be started, -1 if it was ended after `seconds`; and what it wrote to standard output.
  static func run(
    _ words: [String], input: String, seconds: Int, environment more: [String: String] = [:]
  ) -> (status: Int32, output: String) {
    var toChild: [Int32] = [-1, -1]
    var fromChild: [Int32] = [-1, -1]
    guard pipe(&toChild) == 0 else { return (127, "") }
    guard pipe(&fromChild) == 0 else {
      for end in toChild { close(end) }
      return (127, "")
    }
    for end in toChild + fromChild { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_adddup2(&actions, toChild[0], STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], STDOUT_FILENO)
    // Our threads block the signals that end a process; the child must not.
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigemptyset(&all)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&all, number) }
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var variables: [UnsafeMutablePointer<CChar>?] = []
    var next = environ
    while let variable = next.pointee {
      variables.append(strdup(variable))
      next += 1
    }
    for (name, value) in more { variables.append(strdup("\(name)=\(value)")) }
    variables.append(nil)
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    arguments.append(nil)
    defer { for text in variables + arguments { free(text) } }
    var pid = pid_t()
    let failure = posix_spawnp(&pid, words[0], &actions, &attributes, arguments, variables)
    close(toChild[0])
    close(fromChild[1])
    guard failure == 0 else {
      close(toChild[1])
      close(fromChild[0])
      return (127, "")
    }
    _ = writeAll(Array(input.utf8), to: toChild[1])
    close(toChild[1])
    return finish(pid, fromChild[0], seconds: seconds)
  }

  /// Reads what a program writes until it ends or its time is over.
  private static func finish(_ pid: pid_t, _ output: Int32, seconds: Int) -> (status: Int32, output: String) {
    defer { close(output) }
    var text: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 4_096)
    var left = seconds * 1_000
    var isOver = false
    while !isOver, left > 0 {
      var wait = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      let step: Int32 = 200
      let ready = poll(&wait, 1, step)
      if ready == 0 { left -= Int(step) }
      if ready <= 0 { continue }
      let count = read(output, &block, block.count)
      if count > 0 { text += block.prefix(count) } else if count == 0 || errno != EINTR { isOver = true }
      if text.count > 1 << 20 { isOver = true }
    }
    if !isOver { kill(pid, SIGKILL) }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    if !isOver { return (-1, "") }
    return (status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F), String(decoding: text, as: UTF8.self))
  }

  static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var from = 0
    while from < bytes.count {
      let count = bytes[from...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return false }
      from += count
    }
    return true
  }
}
