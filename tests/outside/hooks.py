"""What schemathesis checks beside the document: no answer names a patient whom the one who asks may not see. Their
names, which `run.py` found out before, stand in the file that RENKEI_OUTSIDE_HIDDEN names, a line each."""

import os
from pathlib import Path

import schemathesis

HIDDEN = [name for name in Path(os.environ["RENKEI_OUTSIDE_HIDDEN"]).read_text(encoding="utf-8").split("\n") if name]


@schemathesis.check
def names_no_hidden_patient(ctx, response, case):
    """What the one who asks sent is theirs to hear again."""
    sent = str(case.body) + str(case.query) + str(case.path_parameters)
    said = response.content.decode("utf-8", errors="replace")
    told = [name for name in HIDDEN if name in said and name not in sent]
    assert not told, f"the answer names {len(told)} patient(s) whom this role may not see"
