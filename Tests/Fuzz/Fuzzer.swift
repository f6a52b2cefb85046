import Glibc

/// libFuzzer around the target that `$FUZZ_TARGET` names: `FuzzTests [-max_total_time=SECONDS] CORPUS…`
@main enum Fuzzer {
    static func main() {
        let arguments = CommandLine.unsafeArgv
        guard target != nil else {
            print("FUZZ_TARGET is none of: \(FuzzTarget.allCases.map(\.rawValue).joined(separator: " "))")
            exit(2)
        }
        var count = CommandLine.argc
        var list = arguments
        exit(runDriver(&count, &list, fuzzOneInput))
    }

    static let target = getenv("FUZZ_TARGET").flatMap { FuzzTarget(rawValue: String(cString: $0)) }
}

/// The one function that libFuzzer looks for by its name.
@c(LLVMFuzzerTestOneInput)
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        try Fuzzer.target?.check([UInt8](UnsafeBufferPointer(start: start, count: count)))
    } catch {
        fatalError("\(error)")
    }
    return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt
