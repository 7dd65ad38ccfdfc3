"""Everything people can do, one noun a file: pages, sockets, the API, admin and tasks all come through here."""
