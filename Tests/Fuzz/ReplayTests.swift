import SerialDevice
import TestSupport
import Testing

@testable import Dialler

/// What the fuzzer found worth keeping, and every input that once broke something, given to the same functions without it.
@Suite struct ReplayTests {
    @Test(arguments: FuzzTarget.allCases)
    func everythingHoldsForTheCorpus(of target: FuzzTarget) throws {
        let folder = "\(Repository.path)/Tests/Fuzz/Corpora/\(target.rawValue)"
        let names = try #require(FileSystem.names(in: folder))
        #expect(!names.isEmpty)
        for name in names {
            let file = try SmallFile.read("\(folder)/\(name)", limit: 1 << 20)
            #expect(throws: Never.self, "\(target.rawValue)/\(name)") { try target.check(file.bytes) }
        }
    }
}
