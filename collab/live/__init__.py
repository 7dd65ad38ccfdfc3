"""The live engine: sockets, topics, frames, order, presence. It knows no models and no rules."""
