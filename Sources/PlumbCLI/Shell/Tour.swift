import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation

/// A walk through Plumb at its own prompt: each step says what to do, and goes on when it was done.
///
/// The place is kept in `~/.local/state/plumb/tour`, so that the tour goes on where it was left.
final class Tour {
  /// What the user just did.
  struct Deed {
    let text: String
    var answers: [Answer]
    /// The mistake, if it was one.
    var error: String?
  }

  struct Step: Sendable {
    let title: String
    let text: String
    /// What to type, for those who ask with `.hint`.
    let hint: String
    let isDone: @Sendable (Deed) -> Bool
    /// What the user saw, said once the step is done.
    let lesson: String
  }

  private let steps: [Step]
  private let story: TourCase
  private var place: Int
  private let file: String?

  /// - Throws: diagnostics of the simulated world.
  init(in workspace: Workspace, restarts: Bool) throws {
    story = try TourCase(in: workspace)
    steps = TourSteps.make(for: story)
    file = StateFolder.path.map { $0 + "/tour" }
    place = 0
    if !restarts, let file, let text = try? QueryText.file(file), let saved = Int(text.trimmed), steps.indices.contains(saved) {
      place = saved
    }
  }

  var isOver: Bool { place >= steps.count }

  /// Says how the tour works, and what its current step is.
  func begin() {
    if place > 0 { Console.say("\nThe tour goes on where you left it; `plumb tour --restart` begins again.") }
    tell()
  }

  /// Says what the current step is.
  private func tell() {
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
    guard steps.indices.contains(place) else { return }
    guard steps[place].isDone(deed) else {
      // Commands and mistakes are on the way; an answer may look as if it were what was asked for.
      if deed.error == nil, !deed.text.hasPrefix(".") {
        Console.say("(Step \(place + 1) asks for something else: \(steps[place].title). .hint shows what to type.)")
      }
      return
    }
    Console.say("\nDone. \(steps[place].lesson)")
    advance()
  }

  /// Says whether the cause that the user named is the right one; being right is for `observe` to see.
  func judge(cause word: String) {
    if isOver { return Console.say("the tour is over; `plumb tour --restart` begins again") }
    if steps[place].title != TourSteps.causeTitle {
      return Console.say("the cause is asked for in a later step; this is step \(place + 1): \(steps[place].title)")
    }
    if story.isCause(word) { return }
    guard TourCase.categories.contains(word.lowercased()) else {
      return Console.say("`\(VisibleText.string(word))` is no category of errors; they are \(TourCase.categories.joined(separator: ", "))")
    }
    Console.say("not \(word): look at the categories of the errors of \(story.origin) once more (.hint shows what to type)")
  }

  private func advance() {
    place += 1
    save()
    if isOver {
      Console.say(
        """

        That was the tour: you have found a cause. `.help` lists everything else, and this prompt is yours to go on with; \
        `plumb tour` begins again.
        """)
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
