"""The protocol document, made from the structs that speak the protocol."""
