import ArgumentParser
import PlumbCases
import PlumbDiagnostics
import PlumbKit

struct CaseTranscript: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transcript", abstract: "Show what was done in a case, with times, while it is open or after.")

  @OptionGroup var file: CaseFileOptions

  func run() throws { try Failure.guarding { Console.writeOut(try file.desk().transcript()) } }
}

struct CaseSheetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sheet", abstract: "Show the answer sheet of an interview, which its passphrase opens.",
    discussion: "It names the culprit, what is affected, what distracts, a good reaction to each interjection, and an expert's route. The case stays open.")

  @OptionGroup var file: CaseFileOptions

  func run() throws { try Failure.guarding { Console.writeOut(try file.desk().current.answerSheet()) } }
}

struct CaseInterject: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interject", abstract: "Interrupt the investigator of a case.",
    discussion: """
      question, lead and fault are interjections of the case: a question that wants a reply, a lead that leads nowhere, and a second fault, \
      after which the clock moves by 45 minutes. Any other text is shown as it is. The investigator's shell shows it within a second.
      """)

  @OptionGroup var file: CaseFileOptions
  @Argument(help: ArgumentHelp("question, lead, fault, or a text.", valueName: "text"))
  var words: [String]

  func run() throws { try file.tell { try $0.interject(words.joined(separator: " ")) } }
}

struct CaseNote: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "note", abstract: "Keep a remark on a case.", discussion: "With the passphrase of an interview, the remark is sealed and appears only in the report.")

  @OptionGroup var file: CaseFileOptions
  @Argument(help: ArgumentHelp("The remark.", valueName: "text"))
  var words: [String]

  func run() throws { try file.tell { try $0.note(words.joined(separator: " ")) } }
}

struct CaseDebrief: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "debrief", abstract: "Write three questions for the talk after an investigation, made from its route.",
    discussion: "Each comes with what to listen for and the queries that it is about. For an interview the passphrase is needed; otherwise the report comes first.")

  @OptionGroup var file: CaseFileOptions
  @Argument(help: ArgumentHelp("Where to write it, as .md or .html (default: standard output).", valueName: "path"))
  var path: String?

  func run() throws { try file.tell { try $0.debrief(to: path) } }
}
