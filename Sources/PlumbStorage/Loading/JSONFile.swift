import PlumbDiagnostics
import PlumbEngine

func loadJSONFile(
  _ source: any SampledSource, name: String, format: LoadOptions.Format, options: LoadOptions
) throws -> LoadedRows {
  throw Diagnostic("cannot-read", "`\(name)` is JSON")
}
