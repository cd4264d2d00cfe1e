import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

/// A walk through Plumb at its own prompt: each step says what to do, and goes on when it was done.
///
/// The place is kept in `~/.local/state/plumb/tour`, so that the tour goes on where it was left.
final class Tour {
  /// What the user just did.
  struct Deed {
    let text: String
    let answers: [Answer]
    /// The mistake, if it was one.
    let error: String?
  }

  struct Step {
    let title: String
    let text: String
    /// What to type, for those who ask with `.hint`.
    let hint: String
    let isDone: (Deed) -> Bool
    /// What the user saw, said once the step is done.
    let lesson: String
  }

  private let steps: [Step]
  private var place: Int
  private let file: String?

  /// - Throws: diagnostics of the simulated world.
  init(in workspace: Workspace, restarts: Bool) throws {
    steps = TourSteps.make(for: try TourCase(in: workspace))
    file = StateFolder.path.map { $0 + "/tour" }
    place = 0
    if !restarts, let file, let text = try? QueryText.file(file), let saved = Int(text.trimmed), steps.indices.contains(saved) {
      place = saved
    }
  }

  var isOver: Bool { place >= steps.count }

  /// Says what the current step is.
  func tell() {
    guard steps.indices.contains(place) else { return }
    let step = steps[place]
    Console.say("\n\(place + 1) of \(steps.count): \(step.title)\n\(step.text)\n(.hint shows what to type, .skip goes on, Ctrl-D leaves)")
  }

  func hint() {
    guard steps.indices.contains(place) else { return Console.say("the tour is over") }
    // In one piece, so that it can be copied.
    Console.write("type: \(steps[place].hint)\n", to: STDERR_FILENO)
  }

  func skip() {
    if !isOver { advance() }
  }

  /// Goes on when the deed is what the step asked for.
  func observe(_ deed: Deed) {
    guard steps.indices.contains(place), steps[place].isDone(deed) else { return }
    Console.say("\nDone. \(steps[place].lesson)")
    advance()
  }

  private func advance() {
    place += 1
    save()
    if isOver {
      Console.say("\nThat was the tour: you have found a cause. `.help` lists everything else; `plumb tour --restart` begins again.")
    } else {
      tell()
    }
  }

  private func save() {
    guard let file else { return }
    let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return }
    Console.write(isOver ? "0\n" : "\(place)\n", to: descriptor)
    close(descriptor)
  }
}

/// The failing pipeline that the tour looks into, and what is wrong with it.
struct TourCase {
  let pipeline: String
  let category: String
  let code: String

  init(in workspace: Workspace) throws {
    let query = """
      let failing = pipelines | where status == "failed" | project pipeline = name;
      errors | where at > ago(1d) | join kind=inner failing on pipeline
      | summarize times = count(), code = take_any(code) by pipeline, category
      | sort by times desc, pipeline asc | project pipeline, category, code
      """
    let row = try workspace.session().run(query).last?.texts(limit: 1).first ?? []
    guard row.count == 3 else { throw Diagnostic("no-tour", "no pipeline fails in this world, so there is nothing to find") }
    pipeline = row[0]
    category = row[1]
    code = row[2]
  }
}

extension DotCommand {
  static let hint = DotCommand(name: ".hint", usage: ".hint", summary: "On the tour: what to type.") {
    (_: [String], shell: Shell) in
    guard let tour = shell.tour else { return Console.say("`plumb tour` starts the tour") }
    tour.hint()
  }

  static let skip = DotCommand(name: ".skip", usage: ".skip", summary: "On the tour: goes on to the next step.") {
    (_: [String], shell: Shell) in
    guard let tour = shell.tour else { return Console.say("`plumb tour` starts the tour") }
    tour.skip()
  }

  static let cause = DotCommand(
    name: ".cause", usage: ".cause WORD", summary: "On the tour: says what the cause is.", examples: [".cause auth"]
  ) { (arguments: [String], shell: Shell) in
    guard shell.tour != nil else { return Console.say("`plumb tour` starts the tour") }
    if arguments.isEmpty { throw usage(".cause", "`.cause` needs the category of the errors") }
  }
}
