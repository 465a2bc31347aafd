#!/bin/sh
# tests.sh PYTHON JOBS [pytest's own arguments]: the tests on so many processes. What failed is asked once more, alone, so that
# what a busy machine broke is told from what is broken; a test that passes only then is a fault of its own, and named as one.
python=$1 jobs=$2
shift 2

"$python" -m pytest -n "$jobs" --dist loadfile --no-loadscope-reorder "$@"
code=$?
[ $code = 1 ] || exit $code
echo "Some tests failed: once more, alone."
"$python" -m pytest --last-failed --last-failed-no-failures none "$@" || exit 1
echo "WARNING: these tests passed only when asked alone. Each waits for too little, or leans on another: mend it." >&2
