import ModemCore
import Testing

@Suite struct VoiceCheckTests {
    private enum Judgement: Equatable { case fine, doubtful, impossible }

    private func judgement(_ check: VoiceCheck, _ reply: ATReply) -> Judgement {
        switch check.verdict(reply) {
        case .fine: .fine
        case .doubtful: .doubtful
        case .impossible: .impossible
        }
    }

    @Test(
        arguments: [
            (VoiceCheck.cvoice, "^CVOICE:0,8000,16,20", true), (.cvoice, "^CVOICE:1", false),
            (.cvoice, "^CVOICE:", true),
            (.quectelIMS, "+QCFG: \"ims\",0,0", false), (.quectelIMS, "+QCFG: \"ims\",1,1", true),
            (.quectelIMS, "+QCFG: \"ims\",0", false), (.cvhu, "+CVHU: 0", true), (.cvhu, "+CVHU: 1", false),
            (.cvhu, "+CVHU: (0-1)", true),
        ] as [(VoiceCheck, String, Bool)]
    )
    func anAnswerIsFineOrDoubtful(_ check: VoiceCheck, _ line: String, _ isFine: Bool) {
        #expect(judgement(check, ATReply(.result(.ok), lines: [line])) == (isFine ? .fine : .doubtful))
    }

    @Test(arguments: [VoiceCheck.cvoice, .quectelIMS, .cvhu, .voiceClass])
    func aModemThatDoesNotKnowTheQuestionIsNotDoubted(_ check: VoiceCheck) {
        #expect(judgement(check, ATReply(.result(.error))) == .fine)
        #expect(judgement(check, ATReply(.timedOut)) == .fine)
        #expect(judgement(check, ATReply(.result(.ok))) == .fine)
    }

    @Test(arguments: [("0,1,8", true), ("0,1,1.0,2", false), ("(0,1,2)", false), ("0-2,8", true), ("something", true)])
    func onlyAListOfClassesWithoutEightForbidsCalls(_ line: String, _ isFine: Bool) {
        #expect(judgement(.voiceClass, ATReply(.result(.ok), lines: [line])) == (isFine ? .fine : .impossible))
    }
}
