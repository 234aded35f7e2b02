"""Files that a user names: they are checked before they are unpacked, and errors name the file."""
