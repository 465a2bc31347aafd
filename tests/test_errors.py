from __future__ import annotations

import inspect

from exos import errors


def test_every_error_has_a_code_of_its_own_and_a_place_in_the_tree() -> None:
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.ExosError)]
    codes = [kind.code for kind in kinds]
    assert len(set(codes)) == len(codes)
    assert errors.__doc__ is not None
    for kind in kinds:
        assert kind.__name__ in errors.__doc__
        assert 400 <= kind.status <= 503
    assert errors.BadFile("what", "next").envelope() == {
        "error": {"code": "bad_file", "message": "what", "hint": "next"}
    }
