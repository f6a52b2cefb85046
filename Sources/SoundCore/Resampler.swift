/// Changes the sampling rate of a stream: a windowed sinc, band-limited to the lower of the two rates, at any ratio.
package struct Resampler: Sendable {
    /// Zero crossings of the sinc on each side.
    private static let crossings = 16
    /// Table entries for each zero crossing; between them it is linear. ``makeKernel()`` knows the sine of the step.
    private static let resolution = 256
    /// Of the lower rate's half: what is above is cut off.
    private static let passband = 0.92
    /// Kaiser's β: 70 dB beside the passband.
    private static let beta = 7.0
    private static let kernel = makeKernel()

    /// How much faster the input is consumed than nominal, as a ratio; see ``DriftController/correction``.
    package var correction = 0.0

    private let step: Double
    /// Zero crossings of the kernel for each input sample.
    private let scale: Double
    private let reach: Int
    /// The input that later output still needs; `position` counts from its beginning.
    private var input: [Float]
    private var position: Double
    /// Zeros at the end of `input`: silence needs no arithmetic.
    private var quiet: Int

    /// - Parameters:
    ///   - inputRate: samples a second; the two rates within a factor of 12.
    ///   - outputRate: samples a second.
    package init(from inputRate: Int, to outputRate: Int) {
        step = Double(inputRate) / Double(outputRate)
        scale = min(1, Double(outputRate) / Double(inputRate)) * Self.passband
        reach = Int((Double(Self.crossings) / scale).rounded(.up)) + 1
        input = [Float](repeating: 0, count: reach)
        position = Double(reach)
        quiet = reach
    }

    /// - Returns: the output that the input so far determines.
    package mutating func process(_ samples: some Collection<Int16>) -> [Int16] {
        if samples.contains(where: { $0 != 0 }) {
            quiet = 0
            input.append(contentsOf: samples.lazy.map(Float.init))
        } else {
            quiet += samples.count
            input.append(contentsOf: repeatElement(0, count: samples.count))
        }
        let stride = step * (1 + correction)
        let count = max(0, Int(((Double(input.count - reach) - position) / stride).rounded(.up)))
        let isSilent = quiet >= input.count
        let output = (0..<(isSilent ? 0 : count)).map { saturated(value(at: position + Double($0) * stride)) }
        position += Double(count) * stride
        let spent = min(input.count, max(0, Int(position) - reach))
        input.removeFirst(spent)
        position -= Double(spent)
        quiet = min(quiet, input.count)
        return isSilent ? [Int16](repeating: 0, count: count) : output
    }

    private func value(at position: Double) -> Float {
        let center = Int(position)
        let fraction = position - Double(center)
        let pitch = scale * Double(Self.resolution)
        return input.withUnsafeBufferPointer { input in
            Self.kernel.withUnsafeBufferPointer { kernel in
                var sum: Float = 0
                for offset in (1 - reach)..<reach {
                    let place = abs(Double(offset) - fraction) * pitch
                    let index = Int(place)
                    guard index + 1 < kernel.count else { continue }
                    let between = Float(place - Double(index))
                    sum += input[center + offset] * (kernel[index] + (kernel[index + 1] - kernel[index]) * between)
                }
                return sum * Float(scale)
            }
        }
    }

    /// One side of the windowed sinc.
    private static func makeKernel() -> [Float] {
        // sin(πx) by rotation: the standard library has no sine.
        let (turnedSine, turnedCosine) = (0.012271538285719925, 0.9999247018391445)
        var (sine, cosine) = (0.0, 1.0)
        return (0...crossings * resolution).map { index in
            let x = Double(index) / Double(resolution)
            let inside = max(0, 1 - (x / Double(crossings)) * (x / Double(crossings)))
            let window = bessel(beta * inside.squareRoot()) / bessel(beta)
            defer {
                (sine, cosine) = (
                    sine * turnedCosine + cosine * turnedSine, cosine * turnedCosine - sine * turnedSine
                )
            }
            return Float((index == 0 ? 1 : sine / (.pi * x)) * window)
        }
    }

    /// The modified Bessel function of order zero.
    private static func bessel(_ x: Double) -> Double {
        var (sum, term, index) = (1.0, 1.0, 1.0)
        while term > sum * 1e-12 {
            term *= (x / (2 * index)) * (x / (2 * index))
            sum += term
            index += 1
        }
        return sum
    }
}

/// To the nearest sample that there is.
func saturated(_ value: Float) -> Int16 {
    guard value > Float(Int16.min) else { return .min }
    return value >= Float(Int16.max) ? .max : Int16(value.rounded())
}
