"""The HTTP API: the same actions as everywhere, for programs that hold no socket."""
