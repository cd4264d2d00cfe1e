enum PlumbDiagnosticsBones {}
