import ArgumentParser

@main
struct PatriotDialler: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "patriot-dialler")
    func run() async throws {}
}
