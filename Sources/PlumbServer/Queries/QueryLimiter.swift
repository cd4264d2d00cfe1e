import PlumbEngine

/// The places of the queries that run at the same time, and the line of those that wait for one.
final class QueryLimiter: Sendable {
  private struct State {
    var running = 0
    var waiting: [(number: Int, turn: CheckedContinuation<Bool, Never>)] = []
    var next = 0
  }

  private let state = LockedValue(State())
  private let places: Int
  private let mostWaiting: Int

  init(places: Int, mostWaiting: Int) {
    self.places = places
    self.mostWaiting = mostWaiting
  }

  var runningCount: Int { state.withLock { $0.running } }
  var waitingCount: Int { state.withLock { $0.waiting.count } }

  /// Waits for a place.
  ///
  /// - Returns: nil if too many wait already, or if it takes longer than `patience`.
  func place(within patience: Duration) async -> Place? {
    let isFree = state.withLock { state in
      guard state.running < places else { return false }
      state.running += 1
      return true
    }
    if isFree { return Place(self) }
    let number = state.withLock { state in
      state.next += 1
      return state.next
    }
    let impatience = Task {
      try await Task.sleep(for: patience)
      self.giveUp(number)
    }
    defer { impatience.cancel() }
    let isMine = await withCheckedContinuation { turn in
      let answer = state.withLock { state -> Bool? in
        if state.running < places {
          state.running += 1
          return true
        }
        if state.waiting.count >= mostWaiting { return false }
        state.waiting.append((number, turn))
        return nil
      }
      if let answer { turn.resume(returning: answer) }
    }
    return isMine ? Place(self) : nil
  }

  private func giveUp(_ number: Int) {
    let turn = state.withLock { state -> CheckedContinuation<Bool, Never>? in
      guard let index = state.waiting.firstIndex(where: { $0.number == number }) else { return nil }
      return state.waiting.remove(at: index).turn
    }
    turn?.resume(returning: false)
  }

  private func leave() {
    let turn = state.withLock { state -> CheckedContinuation<Bool, Never>? in
      if !state.waiting.isEmpty, state.running <= places { return state.waiting.removeFirst().turn }
      state.running -= 1
      return nil
    }
    turn?.resume(returning: true)
  }

  /// A query's place, until it is given back.
  final class Place: Sendable {
    private let limiter: QueryLimiter
    private let isHeld = LockedValue(true)

    fileprivate init(_ limiter: QueryLimiter) { self.limiter = limiter }

    deinit { giveBack() }

    /// Lets another query run; does nothing the second time.
    func giveBack() {
      let wasHeld = isHeld.withLock { held in
        defer { held = false }
        return held
      }
      if wasHeld { limiter.leave() }
    }
  }
}
