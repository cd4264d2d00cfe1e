import Glibc

/// Asks for passwords on the terminal, without showing what is typed.
enum PasswordPrompt {
  /// The password; nil if the process has no terminal.
  @Sendable static func ask(_ prompt: String) -> String? {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else { return nil }
    defer { close(terminal) }
    var settings = termios()
    guard tcgetattr(terminal, &settings) == 0 else { return nil }
    let before = settings
    settings.c_lflag &= ~tcflag_t(ECHO)
    guard tcsetattr(terminal, TCSAFLUSH, &settings) == 0 else { return nil }
    defer {
      var before = before
      tcsetattr(terminal, TCSAFLUSH, &before)
    }
    let text = Array(prompt.utf8)
    _ = write(terminal, text, text.count)
    var typed: [UInt8] = [], byte: UInt8 = 0
    while read(terminal, &byte, 1) == 1, byte != UInt8(ascii: "\n") { typed.append(byte) }
    _ = write(terminal, "\n", 1)
    return String(decoding: typed, as: UTF8.self)
  }
}
