#!/bin/sh
# What the tests need beside Python and Rust: Java and Maven (a real Neo4j server), Chromium (the HTML page).
set -eu

say() {
    echo "$1" >&2
    exit 1
}

command -v java >/dev/null || say "Java 17 or newer is missing; the tests run a real Neo4j server: apt-get install openjdk-17-jre-headless"
command -v mvn >/dev/null || say "Maven is missing; it brings the Neo4j server for the tests: apt-get install maven"

for browser in "${KG_CHROMIUM:-chromium}" chromium-browser google-chrome; do
    command -v "$browser" >/dev/null && exit 0
done
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
else
    say "Chromium is missing; the tests open the HTML page in it: apt-get install chromium (or set KG_CHROMIUM)"
fi
