enum PlumbTelemetryBones {}
