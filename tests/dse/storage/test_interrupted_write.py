"""An interrupt while the journal is written: what it keeps is what its file says."""

from __future__ import annotations

import pytest

from dse.storage.journal import Journal


class _Interrupted(Journal):
    """A journal in which an interrupt comes where it is told to."""

    at = ""

    def _write(self, data):
        if self.at == "before":
            raise KeyboardInterrupt
        if self.at == "half":
            super()._write(bytes(data)[: len(data) // 2])
            raise KeyboardInterrupt
        super()._write(data)
        if self.at == "after":
            raise KeyboardInterrupt


def begun(number):
    """A study that is begun, as Optuna writes it."""
    return {"op_code": 0, "worker_id": "w", "study_name": f"{number}", "directions": [1]}


def names(numbers):
    return [str(number) for number in numbers]


@pytest.mark.parametrize(("at", "kept"), [("before", 1), ("half", 1), ("after", 2)])
def test_the_file_says_what_an_interrupted_write_has_kept(at, kept, tmp_path):
    path = tmp_path / "journal.log"
    journal = _Interrupted(path)
    journal.append_logs([begun(0)])
    journal.at = at
    with pytest.raises(KeyboardInterrupt):
        journal.append_logs([begun(1)])
    journal.at = ""
    assert [entry["study_name"] for entry in journal.read_logs(0)] == names(range(kept))
    journal.append_logs([begun(2)])
    assert [entry["study_name"] for entry in journal.read_logs(kept)] == names([2])
    journal.close()
    again = Journal(path)
    again.check()
    assert [entry["study_name"] for entry in again.read_logs(0)] == names([*range(kept), 2])
    again.close()
