"""Files that a user names: opened, looked at before they are unpacked, and refused by name."""
