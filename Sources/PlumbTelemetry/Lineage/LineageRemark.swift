/// How remarks on lineage are worded, by which a tree recognises what it shows itself.
enum LineageRemark {
  /// Between the name of a root and its status.
  static let itself = " itself: "
  static let nothingDepends = "nothing depends on "
  static let dependsOnNothing = " depends on nothing"
  /// More roots than this are not described.
  static let mostRoots = 3
}
