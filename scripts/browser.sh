#!/bin/sh
# Chromium for the browser tests: already there, or through apt where that is permitted. Without it those tests skip and say so.
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
[ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ] && exit 0
if command -v apt-get >/dev/null 2>&1; then
    sudo=""
    [ "$(id -u)" = 0 ] || sudo="sudo -n"
    if $sudo true 2>/dev/null; then
        echo "Installing Chromium for the browser tests …"
        { $sudo apt-get update -qq && $sudo apt-get install -y -qq chromium; } >/dev/null 2>&1 && exit 0
    fi
fi
echo "Chromium is missing and cannot be installed from here: the browser tests will be skipped." >&2
exit 0
