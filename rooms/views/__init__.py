"""Pages and their fragments, one noun a file: decode, call, render."""
