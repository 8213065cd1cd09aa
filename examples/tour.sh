#!/bin/sh
# Shows flowgate working on the shipped example: check, diff against a weakened copy, compile.
set -eu
cd "$(dirname "$0")/.."
flowgate=${FLOWGATE:-target/release/flowgate}
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

echo "== flowgate check --project examples/back-office"
"$flowgate" check --project examples/back-office

echo
echo "== flowgate check, after the approval of an invoice was made to approve itself by timeout"
cp -R examples/back-office "$copy/after"
workflow=workflows/invoice-three-way-match.yaml
sed 's/- {raise: APPROVAL_STALLED}/- {decide: approved}/' "examples/back-office/$workflow" > "$copy/after/$workflow"
"$flowgate" check --project "$copy/after" "$copy/after/$workflow" || echo "(exit code $?: the pull request is stopped)"

echo
echo "== flowgate diff, the same change"
"$flowgate" diff examples/back-office "$copy/after" || echo "(exit code $?: a version is too low)"

echo
echo "== flowgate compile --target mermaid"
"$flowgate" compile --project examples/back-office weekly-operational-reporting --target mermaid
