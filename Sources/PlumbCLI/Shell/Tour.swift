import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation

/// An introduction to Plumb at its own prompt: each step says what to do, and the tour continues when it is done.
///
/// The position is stored in `~/.local/state/plumb/tour`, so that the tour resumes where it was left.
final class Tour {
  /// What the user just did.
  struct Deed {
    let text: String
    var answers: [Answer]
    /// The error, if it failed.
    var error: String?
  }

  struct Step: Sendable {
    let title: String
    let text: String
    /// What to type, for users who enter `.hint`.
    let hint: String
    let isDone: @Sendable (Deed) -> Bool
    /// What the user saw, shown after the step.
    let lesson: String
  }

  private let steps: [Step]
  private let story: TourCase
  private var place: Int
  private let file: String?

  /// - Throws: diagnostics about the simulated world.
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

  /// Explains how the tour works, and its current step.
  func begin() {
    if place > 0 { Console.say("\nThe tour resumes where you left it; start over with `plumb tour --restart`.") }
    tell()
  }

  /// Explains the current step.
  private func tell() {
    guard steps.indices.contains(place) else { return }
    let step = steps[place]
    Console.say("\n\(place + 1) of \(steps.count): \(step.title)\n\(step.text)\n(.hint shows what to type, .skip skips the step, Ctrl-D leaves)")
  }

  func hint() {
    guard steps.indices.contains(place) else { return Console.say("the tour is over") }
    // In one piece, so that it can be copied.
    Console.sayUnwrapped("type: \(steps[place].hint)")
  }

  func skip() {
    if !isOver { advance() }
  }

  /// Continues if the deed is what the step requires.
  func observe(_ deed: Deed) {
    guard steps.indices.contains(place) else { return }
    guard steps[place].isDone(deed) else {
      // Commands and errors are part of the way; an answer may look as if it were the expected one.
      if deed.error == nil, !deed.text.hasPrefix(".") {
        Console.say("(Step \(place + 1) is about something else: \(steps[place].title). .hint shows what to type.)")
      }
      return
    }
    Console.say("\nDone. \(steps[place].lesson)")
    advance()
  }

  /// Says whether the user named the right cause; `observe` checks that the step is done.
  func judge(cause word: String) {
    if isOver { return Console.say("the tour is over; start it again with `plumb tour --restart`") }
    if steps[place].title != TourSteps.causeTitle {
      return Console.say("the cause comes in a later step; this is step \(place + 1): \(steps[place].title)")
    }
    if story.isCause(word) { return }
    guard TourCase.categories.contains(word.lowercased()) else {
      return Console.say("`\(VisibleText.string(word))` is not an error category; the categories are \(TourCase.categories.joined(separator: ", "))")
    }
    Console.say("not \(word): look again at the error categories of \(story.origin) (.hint shows what to type)")
  }

  private func advance() {
    place += 1
    save()
    if isOver {
      Console.say(
        """

        That was the tour: you have found a cause. `.help` lists everything else, and you can continue at this prompt; \
        `plumb tour` begins again. \
        `plumb case start critical-feed` is a first case to investigate by yourself.
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
