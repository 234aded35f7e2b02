"""The streaming machine as `run` asks for it: mapped, timed, and its findings told."""
