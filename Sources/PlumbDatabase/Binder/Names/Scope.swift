import PlumbEngine
import PlumbSyntax

/// What a name in a query means.
enum Binding {
  /// A value; `rows` names the rows that it reads, when it is a function's argument over columns.
  case value(OpenExpression, rows: Int?)
  case table(Relation)
  case function(FunctionSyntax, Scope)
  /// Tables under texts, and what was defined before them.
  case pattern(DeclarePatternSyntax, Scope)
  /// A database: what `alias database` names, and each one that `macro-expand` takes.
  case database(DatabaseReference)
  /// Several databases or tables, and what their expressions see.
  case entityGroup(EntityGroupSyntax, Scope)
  /// Its definition had an error that was reported.
  case broken
}

/// The names of one text, function body or query.
final class Frame {
  let parent: Scope?
  fileprivate var names: [String: (order: Int, binding: Binding)] = [:]
  private var count = 0

  init(parent: Scope?) { self.parent = parent }

  func define(_ name: String, _ binding: Binding) {
    names[name] = (count, binding)
    count += 1
  }

  /// Releases all meanings: a function's meaning retains the frame in which it is defined.
  func forget() { names = [:] }

  func defines(_ name: String) -> Bool { names[name] != nil }

  /// All names defined so far; later ones stay hidden.
  var now: Scope { Scope(frame: self, limit: count) }

  /// All names, including later ones.
  var open: Scope { Scope(frame: self, limit: .max) }
}

/// A frame as it was at some moment, and the frames around it.
struct Scope {
  let frame: Frame
  fileprivate let limit: Int

  func binding(named name: String) -> Binding? {
    var scope: Scope? = self
    while let current = scope {
      if let found = current.frame.names[name], found.order < current.limit { return found.binding }
      scope = current.frame.parent
    }
    return nil
  }

  /// Every visible name with its meaning, inner ones first.
  var all: [(name: String, binding: Binding)] {
    var result: [(name: String, binding: Binding)] = []
    var seen = Set<String>()
    var scope: Scope? = self
    while let current = scope {
      let visible = current.frame.names.filter { $0.value.order < current.limit && !seen.contains($0.key) }
      for (name, entry) in visible.sorted(by: { $0.value.order < $1.value.order }) {
        seen.insert(name)
        result.append((name, entry.binding))
      }
      scope = current.frame.parent
    }
    return result
  }

  var names: [String] { all.map(\.name) }
}
