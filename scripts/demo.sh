#!/usr/bin/env bash
# A whole search as a user would do it with curl: start, submit, watch, read the result, download.
set -euo pipefail
cd "$(dirname "$0")/.."

atelier="$(swift build -c release --show-bin-path)/atelier"
data="$(mktemp -d)"
out="${OUT:-out}"
trials="${TRIALS:-40}"
server=

stop() {
  trap - EXIT INT TERM
  if [ -n "$server" ] && kill -0 "$server" 2> /dev/null; then
    kill -TERM "$server"
    wait "$server" || true
  fi
  rm -rf "$data"
}
trap stop EXIT
trap 'echo; echo "Stopping."; exit 0' INT TERM

# The first line on standard output tells the address, once the service is ready.
started=$(date +%s%N)
"$atelier" serve --port 0 --data "$data/atelier" > "$data/address" 2> "$data/log" &
server=$!
until grep -q '^listening on ' "$data/address"; do
  kill -0 "$server" 2> /dev/null || { cat "$data/log" >&2; echo "The service did not start." >&2; exit 1; }
  sleep 0.05
done
url=$(sed -n 's/^listening on //p' "$data/address")
echo "Service ready at $url after $((($(date +%s%N) - started) / 1000000)) ms."

request=$(jq -n --argjson trials "$trials" '{
  name: "demo", dataset: "digits", strategy: "regularized-evolution",
  budget: {max_trials: $trials}, trial: {epochs: 5}, final: {top: 3, seeds: 3, epochs: 30}}')
echo "+ curl -H 'content-type: application/json' -d '$(jq -c . <<< "$request")' $url/v1/jobs"
job=$(curl -sS --fail-with-body -H 'content-type: application/json' -d "$request" "$url/v1/jobs" | jq -r .id)
echo "Watch it at $url/job.html?id=$job"

# A bar on a terminal, a line now and then elsewhere.
show() {
  local filled=$((30 * $1 / $2)) bar
  bar=$(printf '%*s' "$filled" '' | tr ' ' '#')$(printf '%*s' $((30 - filled)) '')
  if [ -t 1 ]; then printf '\r[%s] %3d/%d  best %s  %s\033[K' "$bar" "$1" "$2" "$3" "$4"
  elif [ "$4 $1" != "${shown:-}" ]; then printf '[%s] %3d/%d  best %s  %s\n' "$bar" "$1" "$2" "$3" "$4"; fi
  shown="$4 $1"
}

began=$(date +%s%N)
while :; do
  state=$(curl -sS "$url/v1/jobs/$job")
  IFS=$'\t' read -r status phase done best < <(jq -r '[.state, (.phase // "-"),
    (.progress.trials_finished - .progress.trials_repeated),
    ((.best.search_accuracy // 0) * 10000 | round / 10000)] | @tsv' <<< "$state")
  show "$done" "$trials" "$best" "$phase"
  case "$status" in succeeded | failed | cancelled) break ;; esac
  if [ -t 1 ]; then sleep 0.2; else sleep 2; fi
done
[ -t 1 ] && echo
echo "The job $status after $((($(date +%s%N) - began) / 1000000)) ms."
[ "$status" = succeeded ] || { jq . <<< "$state"; exit 1; }

echo
echo "Leaderboard of the search (validation accuracy at 5 epochs):"
curl -sS "$url/v1/jobs/$job/trials?order_by=-search_accuracy&page_size=8&state=completed" | jq -r '
  ["trial", "accuracy", "parameters", "macs", "architecture"],
  (.data[] | ["#\(.number)", (.search_accuracy * 10000 | round / 10000), .parameters, .macs, .code]) | @tsv' |
  column -t -s $'\t'

mkdir -p "$out"
curl -sS "$url/v1/jobs/$job/result" > "$out/result.json"
best=$(jq -r '.finalists[0].architecture' "$out/result.json")
curl -sS --fail "$url/v1/architectures/$best/export?format=json" > "$out/architecture.json"
curl -sS --fail "$url/v1/architectures/$best/export?format=dot" > "$out/architecture.dot"
curl -sS --fail "$url/v1/architectures/$best/export?format=safetensors" > "$out/weights.safetensors"

echo
jq -r '.finalists[0] | "Best architecture: \(.code)",
  "  search accuracy (validation, 5 epochs)       \(.search_accuracy * 10000 | round / 10000)",
  "  validation accuracy (retrained)              \(.validation_accuracy.mean * 10000 | round / 10000)",
  "  test accuracy (retrained on train + validation, \(.test_accuracy.values | length) seeds)  \(.test_accuracy.mean * 10000 | round / 10000)  [\(.test_accuracy.low * 10000 | round / 10000), \(.test_accuracy.high * 10000 | round / 10000)] at 95 %"' "$out/result.json"
echo "Wrote:"
ls -l "$out" | awk 'NR > 1 {print "  " $NF " (" $5 " bytes)"}'

echo
if [ -t 1 ]; then
  echo "The viewer stays at $url/job.html?id=$job until you press Ctrl-C."
  wait "$server"
else
  echo "The viewer was at $url/job.html?id=$job; not on a terminal, so the service stops now."
fi
