extension Duration {
    /// Whole milliseconds, rounded up, so that who waits so long does not wake too early.
    package var roundedMilliseconds: Int64 {
        components.seconds * 1000 + (components.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
