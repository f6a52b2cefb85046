/// What udev tells of a USB serial port, once its rules have run.
package struct DeviceEvent: Equatable, Sendable {
    /// What became of the port.
    package enum Action: Equatable, Sendable {
        /// The port is there, with its links and its permissions.
        case add
        /// Its driver was bound, or its properties changed: it may be usable only now.
        case change
        case remove
    }

    /// What became of it.
    package var action: Action
    /// The port; after a removal only what is still known of it.
    package var port: DiscoveredModem

    package init(_ action: Action, _ port: DiscoveredModem) {
        self.action = action
        self.port = port
    }
}

/// The ports that are there, brought up to date by events.
///
/// Filled by a look at the system after the monitor was switched on, so that nothing is missed; what both tell is
/// reported once.
package struct PortRegister: Equatable, Sendable {
    /// What a look or an event has brought.
    package enum Change: Equatable, Sendable {
        case appeared(DiscoveredModem)
        case disappeared(DiscoveredModem)
    }

    /// In the order in which they came.
    package private(set) var ports: [DiscoveredModem]

    package init(_ ports: [DiscoveredModem] = []) {
        self.ports = ports
    }

    /// Takes the event in; nil when it tells nothing new.
    package mutating func apply(_ event: DeviceEvent) -> Change? {
        let index = ports.firstIndex { $0.node == event.port.node }
        switch (event.action, index) {
        case (.add, nil), (.change, nil):
            ports.append(event.port)
            return .appeared(event.port)
        case (.add, let index?), (.change, let index?):
            let isAnother = ports[index].sysfsPath != event.port.sysfsPath
            ports[index] = event.port
            return isAnother ? .appeared(event.port) : nil
        case (.remove, let index?):
            // The number may have been given away already: the new port is not the one that went.
            guard ports[index].sysfsPath == event.port.sysfsPath else { return nil }
            return .disappeared(ports.remove(at: index))
        case (.remove, nil):
            return nil
        }
    }
}
