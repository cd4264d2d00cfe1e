import Glibc

/// The tests that take long: `swift test` alone leaves them out, `PLUMB_LONG=1 swift test` and `.ci/run` run them.
package enum LongTests {
  package static let areRun = getenv("PLUMB_LONG") != nil
}
