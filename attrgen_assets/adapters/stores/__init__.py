"""MongoDB and Redis behind the ports of the domain."""
