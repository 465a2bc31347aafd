#!/bin/sh
# tests.sh PYTHON JOBS [pytest's own arguments]: the tests on so many processes. What failed is asked once more, alone, to tell
# what leans on time or on other tests from what is broken. Both are faults: the run has failed either way.
python=$1 jobs=$2
shift 2

"$python" -m pytest -n "$jobs" --dist loadfile --no-loadscope-reorder "$@"
code=$?
[ $code = 1 ] || exit $code
echo "Some tests failed: once more, alone."
"$python" -m pytest --last-failed --last-failed-no-failures none "$@" &&
    echo "They pass alone: each waits for too little, leans on another, or has met a race in the product." >&2
exit 1
