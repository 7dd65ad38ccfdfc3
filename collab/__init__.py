"""The site: settings, addresses, commands, and the live engine in `collab.live`."""
