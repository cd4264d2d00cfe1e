import Glibc
import PlumbEngine

/// The machine's resources and clocks.
package enum Machine {
  package static let memory: Int = {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let pageSize = sysconf(Int32(_SC_PAGESIZE))
    return pages > 0 && pageSize > 0 ? pages * pageSize : 4 << 30
  }()

  package static let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

  /// The most bytes of memory that this process has held so far.
  package static var residentBytes: Int {
    var usage = rusage()
    return getrusage(Int32(RUSAGE_SELF.rawValue), &usage) == 0 ? usage.ru_maxrss << 10 : 0
  }

  /// The time of day, in ticks.
  package static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return DateTime.unixEpoch &+ Int64(time.tv_sec) &* 10_000_000 &+ Int64(time.tv_nsec) / 100
  }

  /// Milliseconds on a monotonic clock.
  package static var milliseconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
  }

  /// Milliseconds of processor time that this process has used.
  package static var processorMilliseconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
  }

  /// Bytes for `512MB`, `2GB`, `1.5GiB`, `50%` or a plain number of bytes; units are powers of 1024.
  package static func memorySize(_ text: String) -> Int? {
    let number = text.prefix { $0.isNumber || $0 == "." }
    let unit = text.dropFirst(number.count).trimmed.lowercased()
    guard let amount = Double(String(number)), amount >= 0, amount.isFinite else { return nil }
    let scale: Double
    switch unit {
    case "", "b": scale = 1
    case "k", "kb", "kib": scale = 1024
    case "m", "mb", "mib": scale = 1_048_576
    case "g", "gb", "gib": scale = 1_073_741_824
    case "t", "tb", "tib": scale = 1_099_511_627_776
    case "%": scale = amount <= 100 ? Double(memory) / 100 : .nan
    default: return nil
    }
    let bytes = amount * scale
    return bytes.isFinite && bytes < 9e18 ? Int(bytes) : nil
  }

  /// `12.3 ms`, `4.56 s`, `3 min 20 s`.
  package static func durationText(milliseconds: Double) -> String {
    func fixed(_ value: Double, _ places: Int) -> String {
      var unit = 1.0
      for _ in 0..<places { unit *= 10 }
      let scaled = Int((value * unit).rounded())
      guard places > 0 else { return String(scaled) }
      let digits = String(scaled % Int(unit))
      return "\(scaled / Int(unit)).\(String(repeating: "0", count: places - digits.count))\(digits)"
    }
    let value = max(0, milliseconds)
    if value < 10 { return fixed(value, 2) + " ms" }
    if value < 1000 { return fixed(value, 1) + " ms" }
    if value < 60_000 { return fixed(value / 1000, 2) + " s" }
    let seconds = Int(min(value / 1000, 1e15))
    return "\(seconds / 60) min \(seconds % 60) s"
  }
}
