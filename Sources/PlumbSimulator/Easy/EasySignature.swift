import PlumbModel

extension Signature {
  /// By the raw value of the cause.
  static let all: [Signature] = Cause.allCases.map(of)

  private static func of(_ cause: Cause) -> Signature {
    switch cause {
    case .expiredCredentials:
      Signature(
        duration: 1.35, queue: 3.5, peak: 0.98, threshold: 0.88, transient: 0.24, early: 3...14,
        failing: 4...17.5, recovery: 0.05...0.2)
    case .vendorOutage:
      Signature(
        duration: 2.4, queue: 2.2, withheld: 0.5, lateness: 0.6, peak: 0.95, threshold: 0.55, transient: 0.2,
        early: 0.8...3.5, failing: 2.5...11, recovery: 0.2...0.8)
    case .schemaDrift:
      Signature(
        duration: 1.3, malformed: 0.4, peak: 0.94, threshold: 0.6, transient: 0.08, early: 1...6,
        failing: 4...17.5, recovery: 0.1...0.4)
    case .malformedRecords:
      Signature(
        duration: 1.2, malformed: 0.5, peak: 0.94, threshold: 0.62, transient: 0.09, early: 2.5...8,
        failing: 3.5...15, recovery: 0.2...1)
    case .cpuExhaustion:
      Signature(
        duration: 2.6, queue: 4, cpu: 0.5, capacity: 0.5, peak: 0.95, threshold: 0.65, transient: 0.12,
        early: 2...9, failing: 3.5...13.5, recovery: 0.3...1)
    case .memoryExhaustion:
      Signature(
        duration: 1.5, queue: 1.4, memory: 2.6, ioWait: 0.08, peak: 0.96, threshold: 0.75, transient: 0.09,
        early: 4...20, failing: 3.5...13.5, recovery: 0.05...0.2)
    case .ioExhaustion:
      Signature(
        duration: 3, queue: 2.4, cpu: -0.08, ioWait: 0.55, capacity: 0.6, peak: 0.94, threshold: 0.65,
        transient: 0.12, early: 1.5...7, failing: 3.5...13.5, recovery: 0.3...1)
    case .slowUpstream:
      Signature(
        duration: 1.8, queue: 1.3, withheld: 0.6, lateness: 2.2, peak: 0.94, threshold: 0.6, transient: 0.12,
        early: 2.5...6, failing: 2.5...16, recovery: 0.3...1)
    case .downstreamBackpressure:
      Signature(
        duration: 1.7, queue: 6, ioWait: 0.06, capacity: 0.3, peak: 0.94, threshold: 0.6, transient: 0.09,
        early: 2.5...7, failing: 3.5...15, recovery: 0.4...1.5)
    case .badDeployment:
      Signature(
        duration: 1.9, cpu: 0.1, memory: 1.5, peak: 0.96, threshold: 0.6, transient: 0.18, early: 2.5...7,
        failing: 2...10, recovery: 0.05...0.15)
    }
  }
}
