"""The room of networks: files, shapes and the zoo."""
