/// How a country dials: what an analog line puts in the place of `+`.
package struct CountryPlan: Equatable, Sendable {
    /// In English, as lists show it.
    package let name: String
    /// The country's code without `+` (ITU-T E.164).
    package let code: String
    /// What stands before a number of the own country dialled from within it; empty for nothing.
    package let trunkPrefix: String
    /// What stands before the code of another country.
    package let internationalPrefix: String

    /// The plan for a country's code; `nil` if it is not in the table, which is no mistake.
    package static func plan(forCode code: String) -> CountryPlan? {
        all.first { $0.code == code }
    }

    /// Source: the countries' national numbering plans (ITU-T E.164, "Dialling procedures").
    package static let all: [CountryPlan] = [
        CountryPlan(name: "Australia", code: "61", trunkPrefix: "0", internationalPrefix: "0011"),
        CountryPlan(name: "New Zealand", code: "64", trunkPrefix: "0", internationalPrefix: "00"),
        CountryPlan(name: "United Kingdom", code: "44", trunkPrefix: "0", internationalPrefix: "00"),
        CountryPlan(name: "Ireland", code: "353", trunkPrefix: "0", internationalPrefix: "00"),
        CountryPlan(name: "United States, Canada", code: "1", trunkPrefix: "1", internationalPrefix: "011"),
        CountryPlan(name: "South Africa", code: "27", trunkPrefix: "0", internationalPrefix: "00"),
        CountryPlan(name: "Germany", code: "49", trunkPrefix: "0", internationalPrefix: "00"),
        CountryPlan(name: "Austria", code: "43", trunkPrefix: "0", internationalPrefix: "00"),
        CountryPlan(name: "Switzerland", code: "41", trunkPrefix: "0", internationalPrefix: "00"),
        CountryPlan(name: "Netherlands", code: "31", trunkPrefix: "0", internationalPrefix: "00"),
        CountryPlan(name: "Belgium", code: "32", trunkPrefix: "0", internationalPrefix: "00"),
        CountryPlan(name: "France", code: "33", trunkPrefix: "0", internationalPrefix: "00"),
        CountryPlan(name: "Spain", code: "34", trunkPrefix: "", internationalPrefix: "00"),
        // The 0 of Italian numbers is a part of them.
        CountryPlan(name: "Italy", code: "39", trunkPrefix: "", internationalPrefix: "00"),
        CountryPlan(name: "Denmark", code: "45", trunkPrefix: "", internationalPrefix: "00"),
        CountryPlan(name: "Sweden", code: "46", trunkPrefix: "0", internationalPrefix: "00"),
        CountryPlan(name: "Norway", code: "47", trunkPrefix: "", internationalPrefix: "00"),
        CountryPlan(name: "Japan", code: "81", trunkPrefix: "0", internationalPrefix: "010"),
        CountryPlan(name: "India", code: "91", trunkPrefix: "0", internationalPrefix: "00"),
    ]
}
