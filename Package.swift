// swift-tools-version: 6.2
import Foundation
import PackageDescription

let nio = "swift-nio"

/// Set by `.ci/fuzz`: our own modules are watched by libFuzzer and the address sanitizer.
let isFuzzing = Context.environment["PATRIOT_DIALLER_FUZZ"] != nil
let watched: [SwiftSetting] = isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer,address"])] : []
/// For the modules that are fuzzed most. More of them, and the compiler of Swift 6.3.1 crashes.
let optimized: [SwiftSetting] = isFuzzing ? [.unsafeFlags(["-O"])] : []

/// Every Swift target is built the same strict way; a warning is an error.
let strict: [SwiftSetting] =
    watched + [
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]

let package = Package(
    name: "patriot-dialler",
    products: [
        .executable(name: "patriot-dialler", targets: ["patriot-dialler"]),
        .executable(name: "patriot-dialler-sound", targets: ["patriot-dialler-sound"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // The default JSON trait would link the whole of Foundation.
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // For the tests that run the built program.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        // The system's libraries.
        .systemLibrary(name: "CALSA", pkgConfig: "alsa", providers: [.apt(["libasound2-dev"])]),
        .systemLibrary(name: "CEditLine", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),
        .systemLibrary(name: "CLinux", pkgConfig: "libudev", providers: [.apt(["libudev-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),

        // Pure: no I/O, no clock, no tasks.
        .target(name: "Basics", swiftSettings: strict + optimized),
        .target(name: "ModemCore", dependencies: ["Basics"], swiftSettings: strict + optimized),
        .target(name: "PatriotCore", dependencies: ["Basics"], swiftSettings: strict + optimized),
        .target(name: "SoundCore", swiftSettings: strict),

        // I/O.
        .target(
            name: "SerialDevice",
            dependencies: [
                "CLinux",
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "ModemDriver",
            dependencies: [
                "Basics", "ModemCore", "SerialDevice",
                .product(name: "NIOCore", package: nio),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "NIOOpenSSL",
            dependencies: ["Basics", "COpenSSL", .product(name: "NIOCore", package: nio)],
            swiftSettings: strict + optimized
        ),
        .target(
            name: "PatriotLink",
            dependencies: [
                "Basics", "PatriotCore", "NIOOpenSSL",
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOWebSocket", package: nio),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Dialler",
            dependencies: [
                "Basics", "CLinux", "ModemCore", "ModemDriver", "PatriotCore", "PatriotLink", "NIOOpenSSL",
                "SerialDevice",
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict + optimized
        ),
        .target(
            name: "SoundBridge",
            dependencies: ["CALSA", "SerialDevice", "SoundCore"],
            swiftSettings: strict
        ),
        .target(
            name: "Simulation",
            dependencies: [
                "Basics", "ModemCore", "PatriotCore", "NIOOpenSSL", "SerialDevice",
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOWebSocket", package: nio),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "patriot-dialler",
            dependencies: [
                "Basics", "Dialler", "Simulation", "ModemCore", "ModemDriver", "PatriotCore", "PatriotLink",
                "NIOOpenSSL",
                "SerialDevice", "CEditLine",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),

        .executableTarget(
            name: "patriot-dialler-sound",
            dependencies: [
                "Dialler", "ModemCore", "SerialDevice", "SoundBridge", "SoundCore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),

        // Tests.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(name: "BasicsTests", dependencies: ["Basics"], swiftSettings: strict),
        .testTarget(
            name: "ModemCoreTests",
            dependencies: ["ModemCore", "Basics", "TestSupport"],
            exclude: ["Field"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PatriotCoreTests",
            dependencies: ["PatriotCore", "Basics", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(name: "SoundCoreTests", dependencies: ["SoundCore", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "SoundBridgeTests",
            dependencies: ["SoundBridge", "SoundCore"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SerialDeviceTests",
            dependencies: [
                "SerialDevice", "TestSupport",
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ModemDriverTests",
            dependencies: [
                "ModemDriver", "ModemCore", "SerialDevice", "Simulation", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "NIOOpenSSLTests",
            dependencies: [
                "Basics", "NIOOpenSSL", "TestSupport",
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOEmbedded", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "Simulation", "ModemCore", "PatriotCore", "NIOOpenSSL", "SerialDevice", "TestSupport",
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOWebSocket", package: nio),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PatriotLinkTests",
            dependencies: [
                "Basics", "PatriotLink", "PatriotCore", "NIOOpenSSL", "Simulation",
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOEmbedded", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOWebSocket", package: nio),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "InMemoryLogging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "DiallerTests",
            dependencies: [
                "Basics", "Dialler", "ModemCore", "ModemDriver", "NIOOpenSSL", "PatriotLink", "PatriotCore",
                "SerialDevice", "Simulation", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "patriot-dialler", "TestSupport",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),

        // The product's WebSocket layer for the Autobahn cases.
        .executableTarget(
            name: "WebSocketEcho",
            dependencies: [
                "PatriotLink",
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            path: "Tests/Acceptance/WebSocketEcho",
            swiftSettings: strict
        ),
    ]
)

package.targets.append(
    fuzz(
        dependencies: [
            "Basics", "Dialler", "ModemCore", "ModemDriver", "NIOOpenSSL", "PatriotLink", "PatriotCore", "SerialDevice",
            "TestSupport",
            .product(name: "Logging", package: "swift-log"),
            .product(name: "NIOCore", package: nio),
            .product(name: "NIOEmbedded", package: nio),
            .product(name: "NIOWebSocket", package: nio),
        ]
    )
)

/// The fuzzer when fuzzing; otherwise a test that gives each fuzz target what was found before.
func fuzz(dependencies: [Target.Dependency]) -> Target {
    let data = ["Corpora", "words.dict"]
    guard isFuzzing else {
        return .testTarget(
            name: "FuzzTests",
            dependencies: dependencies,
            path: "Tests/Fuzz",
            exclude: data + ["Fuzzer.swift"],
            swiftSettings: strict
        )
    }
    return .executableTarget(
        name: "FuzzTests",
        dependencies: dependencies,
        path: "Tests/Fuzz",
        exclude: data + ["ReplayTests.swift"],
        swiftSettings: strict,
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]
    )
}

/// A machine without ALSA's headers (libasound2-dev) builds all except the program that carries the sound.
if !FileManager.default.fileExists(atPath: "/usr/include/alsa/asoundlib.h") {
    let names = ["CALSA", "SoundBridge", "SoundBridgeTests", "patriot-dialler-sound"]
    package.targets.removeAll { names.contains($0.name) }
    package.products.removeAll { names.contains($0.name) }
}
