/// What a fault does to runs, at its full strength.
///
/// Signs grow from the start of the fault; runs begin to fail only past `threshold` of its strength.
struct Signature: Sendable {
  var duration = 1.0
  var queue = 1.0
  var cpu = 0.0
  var memory = 1.0
  var ioWait = 0.0
  /// The share of records that cannot be read.
  var malformed = 0.0
  /// The share of arriving records that is late.
  var withheld = 0.0
  /// How late the source's data is, in intervals of the pipeline.
  var lateness = 0.0
  /// What is left of the capacity to process records.
  var capacity = 1.0
  /// What arrives, and what is written, of the usual.
  var arrivals = 1.0
  var written = 1.0
  /// The probability that a run fails at full strength.
  var peak = 0.9
  var threshold = 0.6
  /// The probability that a first attempt fails early on; a retry then mostly succeeds.
  var transient = 0.05
  /// Hours of early signs, of failing, and of recovery: least and most.
  var early: ClosedRange<Double>
  var failing: ClosedRange<Double>
  var recovery: ClosedRange<Double>
}
