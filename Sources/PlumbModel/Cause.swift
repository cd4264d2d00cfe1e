/// Why a pipeline goes wrong, each with its own signature over time.
package enum Cause: UInt8, CaseIterable, Sendable {
  case expiredCredentials, vendorOutage, schemaDrift, malformedRecords
  case cpuExhaustion, memoryExhaustion, ioExhaustion
  case slowUpstream, downstreamBackpressure, badDeployment

  /// The name in `incidents`.
  package var name: String {
    switch self {
    case .expiredCredentials: "expired-credentials"
    case .vendorOutage: "vendor-outage"
    case .schemaDrift: "schema-drift"
    case .malformedRecords: "malformed-records"
    case .cpuExhaustion: "cpu-exhaustion"
    case .memoryExhaustion: "memory-exhaustion"
    case .ioExhaustion: "io-exhaustion"
    case .slowUpstream: "slow-upstream"
    case .downstreamBackpressure: "downstream-backpressure"
    case .badDeployment: "bad-deployment"
    }
  }
}
