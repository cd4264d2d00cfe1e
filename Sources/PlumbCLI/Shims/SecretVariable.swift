import Glibc

extension Environment {
  /// Returns a variable and erases it, so that neither programs started from here nor /proc show it.
  static func take(_ name: String) -> String? {
    guard let value = getenv(name), value[0] != 0 else { return nil }
    let text = String(cString: value)
    memset(value, 0, strlen(value))
    unsetenv(name)
    return text
  }
}
