/// The version of Plumb.
package enum PlumbVersion {
  package static let text = "0.1.0"
}
