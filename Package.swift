// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "plumb",
  products: [
    .executable(name: "plumb", targets: ["PlumbCLI"]),
    .library(name: "PlumbKit", targets: ["PlumbKit"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    // Without its traits, which link all of Foundation and a reader of configuration files.
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    // Parts of Hummingbird's own foundations that PlumbServer names.
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.36.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
    // YAML of rules of alerts.
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // System libraries, and the C interfaces we put before them.
    .systemLibrary(name: "CReadline", pkgConfig: "readline", providers: [.apt(["libreadline-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CXZ", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"])]),
    .systemLibrary(name: "CBzip2", providers: [.apt(["libbz2-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
    .systemLibrary(name: "CBrotli", pkgConfig: "libbrotlidec", providers: [.apt(["libbrotli-dev"])]),
    .target(name: "ReadlineShim", dependencies: ["CReadline"]),
    // The pages of the manual, embedded from Tests/Golden.
    .target(name: "ManualPages"),
    // Of glibc, what Swift cannot see.
    .target(name: "MallocShim"),
    .target(name: "RE2Shim", linkerSettings: [.linkedLibrary("re2")]),
    // Of libcrypto three functions are used; the shared library would have its providers loaded at each start.
    .target(name: "DigestShim", linkerSettings: [.linkedLibrary(":libcrypto.a")]),

    // The same library's scrypt and AES-GCM, of which only sealed cases make use.
    .target(name: "VaultShim", linkerSettings: [.linkedLibrary(":libcrypto.a")]),

    // Plumb, from the bottom up; Sources/README.md follows a query through it.
    .target(name: "PlumbDiagnostics"),
    // Programs that Plumb starts.
    .target(name: "PlumbProcess", dependencies: ["PlumbDiagnostics"]),
    .target(name: "PlumbSyntax", dependencies: ["PlumbDiagnostics"]),
    .target(name: "PlumbEngine", dependencies: ["PlumbDiagnostics", "RE2Shim", "DigestShim", "MallocShim", "CExpat", "CZlib"]),
    .target(
      name: "PlumbParquet",
      dependencies: ["PlumbDiagnostics", "PlumbEngine", "CZlib", "CZstd", "CLZ4", "CBrotli"]),
    .target(name: "PlumbDatabase", dependencies: ["PlumbDiagnostics", "PlumbSyntax", "PlumbEngine"]),
    .target(
      name: "PlumbPresentation", dependencies: ["PlumbDiagnostics", "PlumbSyntax", "PlumbEngine", "PlumbParquet"]),
    // A client for HTTP, and the databases that run parts of queries.
    .target(
      name: "PlumbHTTP",
      dependencies: [
        "PlumbDiagnostics", "PlumbEngine", .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    .target(name: "PlumbRemote", dependencies: ["PlumbDiagnostics", "PlumbEngine", "PlumbHTTP", "PlumbProcess"]),
    .target(name: "PlumbLearning", dependencies: ["PlumbDiagnostics", "PlumbEngine"]),
    .target(name: "PlumbModel", dependencies: ["PlumbEngine"]),
    .target(
      name: "PlumbStorage",
      dependencies: [
        "PlumbDiagnostics", "PlumbEngine", "PlumbParquet", "PlumbModel", "CZlib", "CZstd", "CXZ", "CBzip2", "CSQLite",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      exclude: ["Damage/README.md"]),
    .target(name: "PlumbSimulator", dependencies: ["PlumbDiagnostics", "PlumbEngine", "PlumbModel"]),
    .target(
      name: "PlumbTelemetry",
      dependencies: [
        "PlumbDiagnostics", "PlumbSyntax", "PlumbEngine", "PlumbDatabase", "PlumbPresentation", "PlumbLearning",
        "PlumbModel",
      ]),
    .target(
      name: "PlumbAlerts",
      dependencies: [
        "PlumbDiagnostics", "PlumbSyntax", "PlumbEngine", "PlumbDatabase", "PlumbModel", "PlumbPresentation", "PlumbTelemetry", "PlumbHTTP",
        "PlumbProcess", .product(name: "Yams", package: "Yams"),
      ]),
    // Cases to investigate.
    .target(
      name: "PlumbCases",
      dependencies: [
        "PlumbDiagnostics", "PlumbSyntax", "PlumbEngine", "PlumbDatabase", "PlumbModel", "PlumbPresentation", "PlumbSimulator",
        "PlumbTelemetry",
      ]),
    // The library; the command line is on top of it.
    .target(
      name: "PlumbKit",
      dependencies: [
        "PlumbDiagnostics", "PlumbSyntax", "PlumbEngine", "PlumbParquet", "PlumbDatabase", "PlumbPresentation",
        "PlumbStorage", "PlumbSimulator", "PlumbTelemetry", "PlumbAlerts", "PlumbCases", "PlumbRemote", "PlumbHTTP", "VaultShim",
      ]),
    // Kusto's REST API and the pages over HTTP.
    .target(
      name: "PlumbServer",
      dependencies: [
        "PlumbDiagnostics", "PlumbSyntax", "PlumbEngine", "PlumbDatabase", "PlumbPresentation", "PlumbCases", "PlumbKit",
        .product(name: "Hummingbird", package: "hummingbird"), .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"), .product(name: "HTTPTypes", package: "swift-http-types"),
      ]),
    // Tools for agents over the Model Context Protocol.
    .target(
      name: "PlumbAgents",
      dependencies: ["PlumbDiagnostics", "PlumbSyntax", "PlumbEngine", "PlumbDatabase", "PlumbKit"]),
    .executableTarget(
      name: "PlumbCLI",
      dependencies: [
        "PlumbDiagnostics", "PlumbSyntax", "PlumbEngine", "PlumbDatabase", "PlumbPresentation", "PlumbLearning",
        "PlumbModel", "PlumbStorage", "PlumbSimulator", "PlumbTelemetry",
        "PlumbAlerts", "PlumbKit", "PlumbServer", "PlumbAgents", "PlumbCases", "PlumbProcess", "ReadlineShim",
        "ManualPages",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      // The static library of Swift exports every symbol, which nothing looks up: 5 MB, and a tenth of the time to start.
      linkerSettings: [.unsafeFlags(["-Xlinker", "--no-export-dynamic"])]),

    // What a program needs of the library is public: this one sees nothing else.
    .executableTarget(name: "KitExample", dependencies: ["PlumbKit"], path: "Samples/Kit", packageAccess: false),

    .target(name: "TestSupport", dependencies: ["PlumbEngine", "PlumbLearning", "PlumbSimulator"], path: "Tests/TestSupport"),
    .testTarget(name: "PlumbCasesTests", dependencies: ["PlumbCases", "PlumbSimulator", "PlumbDiagnostics"]),
    .testTarget(name: "PlumbCLITests", dependencies: ["TestSupport", "PlumbCLI", "PlumbKit"]),
    .testTarget(name: "PlumbKitTests", dependencies: ["PlumbKit", "PlumbEngine", "PlumbDatabase"]),
    .testTarget(name: "PlumbLearningTests", dependencies: ["TestSupport", "PlumbLearning", "PlumbEngine", "PlumbDiagnostics"]),
    .testTarget(name: "PlumbSimulatorTests", dependencies: ["TestSupport", "PlumbDiagnostics", "PlumbSimulator", "PlumbModel", "PlumbEngine"]),
    .testTarget(
      name: "PlumbTelemetryTests",
      dependencies: ["TestSupport", "PlumbTelemetry", "PlumbSimulator", "PlumbModel", "PlumbDatabase", "PlumbEngine", "PlumbDiagnostics"]),
    .testTarget(
      name: "PlumbPresentationTests",
      dependencies: ["TestSupport", "PlumbPresentation", "PlumbDatabase", "PlumbEngine", "PlumbDiagnostics"]),
    .testTarget(
      name: "PlumbParquetTests",
      dependencies: ["PlumbParquet", "PlumbEngine", "PlumbDiagnostics", "CZlib", "CZstd", "CLZ4", "CBrotli"]),
    .testTarget(name: "PlumbEngineTests", dependencies: ["PlumbEngine"]),
    .testTarget(
      name: "PlumbDatabaseTests",
      dependencies: ["TestSupport", "PlumbDatabase", "PlumbSyntax", "PlumbEngine", "PlumbPresentation", "PlumbDiagnostics"]),

    .testTarget(
      name: "PlumbSyntaxTests", dependencies: ["PlumbDiagnostics", "PlumbSyntax"],
      exclude: ["Fixtures"]),
    // Tests of the whole: the manual's pages, the repository's promises, inputs made to break it.
    .testTarget(
      name: "GoldenTests",
      dependencies: ["PlumbDiagnostics", "PlumbEngine", "PlumbDatabase", "PlumbStorage", "PlumbKit", "PlumbCLI"]),
    .testTarget(
      name: "RepositoryTests",
      dependencies: ["TestSupport", "PlumbDiagnostics", "PlumbEngine", "PlumbDatabase", "PlumbStorage", "PlumbCLI"]),
    .testTarget(
      name: "FuzzTests",
      dependencies: [
        "TestSupport", "PlumbDiagnostics", "PlumbSyntax", "PlumbEngine", "PlumbDatabase", "PlumbStorage", "PlumbKit",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .testTarget(
      name: "PlumbStorageTests",
      dependencies: ["PlumbStorage", "PlumbParquet", "PlumbEngine", "PlumbDiagnostics", "CZlib", "CZstd", "CXZ", "CBzip2", "CSQLite"],
      exclude: ["Workspace/Fixtures"]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
